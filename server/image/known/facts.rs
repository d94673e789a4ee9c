//! The facts that images share, as constants that rows of the table start from.
//!
//! Sources: the images' own Dockerfiles and package lists. Where releases differ the fact is left out.

use super::accounts::{ALPINE as ALPINE_ACCOUNTS, Accounts};
use super::accounts::{
    BUSYBOX as BUSYBOX_ACCOUNTS, DEBIAN as DEBIAN_ACCOUNTS, DISTROLESS as DISTROLESS_ACCOUNTS,
    NOBODY, ROOT, WOLFI as WOLFI_ACCOUNTS, user,
};
use super::{Family, Group, Known, Libc, PackageManager, User};

/// A row's facts; the fields are those of [`Known`].
#[derive(Clone, Copy)]
pub(super) struct Facts {
    pub(super) family: Family,
    pub(super) shell: Option<bool>,
    pub(super) bash: Option<bool>,
    pub(super) libc: Option<Libc>,
    pub(super) package_manager: Option<PackageManager>,
    pub(super) curl: Option<bool>,
    pub(super) wget: Option<bool>,
    pub(super) ca_certificates: Option<bool>,
    pub(super) zoneinfo: Option<bool>,
    pub(super) accounts: Accounts,
    /// Whether the accounts and the added users are all there are.
    pub(super) complete: bool,
    /// Users that the image adds to its distribution's, each with a group of its name.
    pub(super) added: &'static [User],
    pub(super) application_user: Option<User>,
    pub(super) starts_as_root: Option<bool>,
}

impl Facts {
    pub(super) fn known(&self) -> Known {
        let added_groups = self.added.iter().map(|user| Group {
            name: user.name,
            gid: user.gid,
        });
        let starts_otherwise = self.starts_as_root == Some(false);
        Known {
            family: self.family,
            shell: self.shell,
            bash: self.bash,
            libc: self.libc,
            package_manager: self.package_manager,
            curl: self.curl,
            wget: self.wget,
            ca_certificates: self.ca_certificates,
            zoneinfo: self.zoneinfo,
            users: [self.accounts.users, self.added].concat(),
            groups: self
                .accounts
                .groups
                .iter()
                .copied()
                .chain(added_groups)
                .collect(),
            user: self.application_user.filter(|_| starts_otherwise),
            starts_as_root: self.starts_as_root,
            application_user: self.application_user,
            complete: self.complete,
            uncertain: self.accounts.uncertain,
        }
    }

    /// With the user that an image adds for its programs, and goes on as root.
    const fn with_user(self, added: &'static [User]) -> Self {
        Self {
            added,
            application_user: match added {
                [user, ..] => Some(*user),
                [] => None,
            },
            ..self
        }
    }

    /// The same image when it switches to its user.
    pub(super) const fn switched(self) -> Self {
        Self {
            starts_as_root: Some(false),
            ..self
        }
    }
}

/// Nothing at all.
pub(super) const SCRATCH: Facts = Facts {
    family: Family::Scratch,
    shell: Some(false),
    bash: Some(false),
    libc: Some(Libc::None),
    package_manager: Some(PackageManager::None),
    curl: Some(false),
    wget: Some(false),
    ca_certificates: Some(false),
    zoneinfo: Some(false),
    accounts: NOBODY,
    complete: true,
    added: &[],
    application_user: None,
    starts_as_root: Some(true),
};

/// An image of which only the family is known.
const ANY: Facts = Facts {
    family: Family::Debian,
    shell: None,
    bash: None,
    libc: None,
    package_manager: None,
    curl: None,
    wget: None,
    ca_certificates: None,
    zoneinfo: None,
    accounts: ROOT,
    complete: false,
    added: &[],
    application_user: None,
    starts_as_root: None,
};

/// What all images on Alpine share; some add bash or curl.
pub(super) const ANY_ALPINE: Facts = Facts {
    family: Family::Alpine,
    shell: Some(true),
    libc: Some(Libc::Musl),
    package_manager: Some(PackageManager::Apk),
    accounts: ALPINE_ACCOUNTS,
    ..ANY
};

/// What all images on Debian and Ubuntu share.
pub(super) const ANY_DEBIAN: Facts = Facts {
    family: Family::Debian,
    shell: Some(true),
    bash: Some(true),
    libc: Some(Libc::Glibc),
    package_manager: Some(PackageManager::Apt),
    accounts: DEBIAN_ACCOUNTS,
    ..ANY
};

/// What all distroless images share.
pub(super) const ANY_DISTROLESS: Facts = Facts {
    family: Family::Distroless,
    shell: Some(false),
    bash: Some(false),
    package_manager: Some(PackageManager::None),
    ..ANY
};

/// `alpine` itself: ash, BusyBox `wget`, `ca-certificates-bundle`, no `tzdata`.
pub(super) const ALPINE: Facts = Facts {
    bash: Some(false),
    curl: Some(false),
    wget: Some(true),
    ca_certificates: Some(true),
    zoneinfo: Some(false),
    complete: true,
    starts_as_root: Some(true),
    ..ANY_ALPINE
};

/// Alpine with `tzdata`, as the Dockerfiles of python and ruby install it.
pub(super) const ALPINE_WITH_ZONES: Facts = Facts {
    zoneinfo: Some(true),
    ..ALPINE
};

/// `debian` itself and its slim form: dash, bash, `tzdata`, neither downloader nor certificates.
pub(super) const DEBIAN: Facts = Facts {
    curl: Some(false),
    wget: Some(false),
    ca_certificates: Some(false),
    zoneinfo: Some(true),
    complete: true,
    starts_as_root: Some(true),
    ..ANY_DEBIAN
};

/// Debian with `ca-certificates`, as the slim forms of python and ruby install it.
pub(super) const DEBIAN_WITH_CERTIFICATES: Facts = Facts {
    ca_certificates: Some(true),
    ..DEBIAN
};

/// `buildpack-deps`, on which the plain tags of languages stand: certificates, `curl` and `wget`. What its many
/// packages add as users nobody counts.
pub(super) const BUILDPACK: Facts = Facts {
    curl: Some(true),
    wget: Some(true),
    ca_certificates: Some(true),
    complete: false,
    ..DEBIAN
};

/// A Debian image of which only the family is certain, that goes on as root.
pub(super) const DEBIAN_SPECIAL: Facts = Facts {
    starts_as_root: Some(true),
    ..ANY_DEBIAN
};

/// `ubuntu` before 23.04.
pub(super) const UBUNTU: Facts = Facts {
    curl: Some(false),
    wget: Some(false),
    ca_certificates: Some(false),
    ..DEBIAN_SPECIAL
};

/// `ubuntu` from 23.04 on has a user of that name, and no `tzdata`.
pub(super) const UBUNTU_WITH_USER: Facts = Facts {
    zoneinfo: Some(false),
    complete: true,
    added: &[user("ubuntu", 1000, 1000)],
    ..UBUNTU
};

/// `busybox`: one program, and the C library that the tag names.
pub(super) const BUSYBOX: Facts = Facts {
    family: Family::Busybox,
    shell: Some(true),
    bash: Some(false),
    package_manager: Some(PackageManager::None),
    curl: Some(false),
    wget: Some(true),
    ca_certificates: Some(false),
    zoneinfo: Some(false),
    accounts: BUSYBOX_ACCOUNTS,
    starts_as_root: Some(true),
    ..ANY
};

/// The user that distroless and Chainguard images bring.
const NONROOT: User = user("nonroot", 65532, 65532);

/// `gcr.io/distroless/static`: certificates, zones and three users.
pub(super) const STATIC: Facts = Facts {
    libc: Some(Libc::None),
    curl: Some(false),
    wget: Some(false),
    ca_certificates: Some(true),
    zoneinfo: Some(true),
    accounts: DISTROLESS_ACCOUNTS,
    complete: true,
    application_user: Some(NONROOT),
    starts_as_root: Some(true),
    ..ANY_DISTROLESS
};

/// `gcr.io/distroless/base` and what stands on it.
pub(super) const BASE: Facts = Facts {
    libc: Some(Libc::Glibc),
    ..STATIC
};

/// `gcr.io/distroless/python3` needs a shell for some of its modules in some releases.
pub(super) const DISTROLESS_PYTHON: Facts = Facts {
    shell: None,
    bash: None,
    ..BASE
};

/// `cgr.dev/chainguard/wolfi-base`: BusyBox, `apk`, glibc.
pub(super) const WOLFI: Facts = Facts {
    family: Family::Wolfi,
    shell: Some(true),
    bash: Some(false),
    libc: Some(Libc::Glibc),
    package_manager: Some(PackageManager::Apk),
    curl: Some(false),
    wget: Some(true),
    ca_certificates: Some(true),
    zoneinfo: Some(false),
    accounts: WOLFI_ACCOUNTS,
    application_user: Some(NONROOT),
    ..ANY
};

/// `cgr.dev/chainguard/static`: as distroless, without a C library, and switched to its user.
pub(super) const CHAINGUARD_STATIC: Facts = Facts {
    family: Family::Wolfi,
    libc: Some(Libc::None),
    accounts: WOLFI_ACCOUNTS,
    complete: false,
    ..STATIC
}
.switched();

/// Any other image of Chainguard: which has a shell and packages depends on the image and its tag.
pub(super) const CHAINGUARD: Facts = Facts {
    family: Family::Wolfi,
    libc: Some(Libc::Glibc),
    ca_certificates: Some(true),
    accounts: WOLFI_ACCOUNTS,
    ..ANY
};

/// The `-dev` form of those: with a shell and `apk`.
pub(super) const CHAINGUARD_DEV: Facts = Facts {
    shell: Some(true),
    package_manager: Some(PackageManager::Apk),
    ..CHAINGUARD
};

/// Red Hat's minimal base: bash, `curl-minimal`, `microdnf`.
pub(super) const UBI_MINIMAL: Facts = Facts {
    family: Family::Ubi,
    shell: Some(true),
    bash: Some(true),
    libc: Some(Libc::Glibc),
    curl: Some(true),
    wget: Some(false),
    ca_certificates: Some(true),
    zoneinfo: Some(true),
    starts_as_root: Some(true),
    ..ANY
};

const NODE: &[User] = &[user("node", 1000, 1000)];

/// `node:*-alpine`.
pub(super) const NODE_ALPINE: Facts = ALPINE.with_user(NODE);
/// `node:*-slim`: the downloaders and certificates of its build are removed again.
pub(super) const NODE_SLIM: Facts = DEBIAN.with_user(NODE);
/// `node` with the tools of `buildpack-deps`.
pub(super) const NODE_DEBIAN: Facts = BUILDPACK.with_user(NODE);

/// `php:*-alpine` keeps curl; on Alpine `www-data` is 82.
pub(super) const PHP_ALPINE: Facts = Facts {
    curl: Some(true),
    ..ALPINE
}
.with_user(&[user("www-data", 82, 82)]);

/// `php` on Debian keeps curl and certificates; `www-data` is Debian's own 33.
pub(super) const PHP_DEBIAN: Facts = Facts {
    curl: Some(true),
    wget: None,
    ca_certificates: Some(true),
    complete: false,
    application_user: Some(user("www-data", 33, 33)),
    ..DEBIAN
};

/// `composer` stands on `php:*-alpine` and adds bash, git, unzip and others.
pub(super) const COMPOSER: Facts = Facts {
    bash: Some(true),
    zoneinfo: None,
    complete: false,
    application_user: None,
    ..PHP_ALPINE
};

/// `eclipse-temurin:*-alpine` installs certificates and zones.
pub(super) const TEMURIN_ALPINE: Facts = Facts {
    bash: None,
    curl: None,
    complete: false,
    ..ALPINE_WITH_ZONES
};

/// `eclipse-temurin` on Ubuntu: which downloader it has differs between releases.
pub(super) const TEMURIN_UBUNTU: Facts = Facts {
    ca_certificates: Some(true),
    zoneinfo: Some(true),
    ..DEBIAN_SPECIAL
};

/// The same on Ubuntu 24.04, which has the user `ubuntu`.
pub(super) const TEMURIN_NOBLE: Facts = Facts {
    added: &[user("ubuntu", 1000, 1000)],
    ..TEMURIN_UBUNTU
};

/// An Alpine image that stands on others and adds tools of its own.
pub(super) const ALPINE_SPECIAL: Facts = Facts {
    wget: Some(true),
    ca_certificates: Some(true),
    starts_as_root: Some(true),
    ..ANY_ALPINE
};

const GRADLE: &[User] = &[user("gradle", 1000, 1000)];

/// `gradle` on Ubuntu.
pub(super) const GRADLE_UBUNTU: Facts = TEMURIN_UBUNTU.with_user(GRADLE);
/// `gradle` on Alpine.
pub(super) const GRADLE_ALPINE: Facts = ALPINE_SPECIAL.with_user(GRADLE);

const APP: &[User] = &[user("app", 1654, 1654)];

/// .NET on Debian and Ubuntu before version 8.
pub(super) const DOTNET_OLD: Facts = Facts {
    curl: Some(false),
    wget: Some(false),
    ca_certificates: Some(true),
    zoneinfo: Some(true),
    ..DEBIAN_SPECIAL
};
/// .NET on Debian and Ubuntu from version 8 on, which brings the user `app`.
pub(super) const DOTNET: Facts = DOTNET_OLD.with_user(APP);
/// The SDK installs curl, git and others.
pub(super) const DOTNET_SDK: Facts = Facts {
    curl: Some(true),
    wget: None,
    ..DOTNET
};
/// The SDK before version 8.
pub(super) const DOTNET_SDK_OLD: Facts = Facts {
    curl: Some(true),
    wget: None,
    ..DOTNET_OLD
};
/// .NET on Alpine.
pub(super) const DOTNET_ALPINE_OLD: Facts = ALPINE_SPECIAL;
/// .NET on Alpine from version 8 on.
pub(super) const DOTNET_ALPINE: Facts = ALPINE_SPECIAL.with_user(APP);
/// Ubuntu's chiselled packages: no shell, no `apt-get`, switched to `app`.
pub(super) const DOTNET_CHISELED: Facts = Facts {
    libc: Some(Libc::Glibc),
    curl: Some(false),
    wget: Some(false),
    ca_certificates: Some(true),
    ..ANY_DISTROLESS
}
.with_user(APP)
.switched();

const DENO: &[User] = &[user("deno", 1993, 1993)];

/// `denoland/deno` on Debian.
pub(super) const DENO_DEBIAN: Facts = DEBIAN.with_user(DENO);
/// `denoland/deno:alpine*`, which adds the C library of GNU.
pub(super) const DENO_ALPINE: Facts = Facts {
    libc: None,
    ..ALPINE_SPECIAL
}
.with_user(DENO);

const BUN: &[User] = &[user("bun", 1000, 1000)];

/// `oven/bun` on Debian.
pub(super) const BUN_DEBIAN: Facts = DEBIAN.with_user(BUN);
/// `oven/bun:*-alpine`.
pub(super) const BUN_ALPINE: Facts = ALPINE.with_user(BUN);

const NGINX: &[User] = &[user("nginx", 101, 101)];

/// `nginx:*-alpine` adds curl and `tzdata`.
pub(super) const NGINX_ALPINE: Facts = Facts {
    curl: Some(true),
    zoneinfo: Some(true),
    ..ALPINE
}
.with_user(NGINX);
/// `nginx:*-alpine-slim` lacks the modules and what they bring.
pub(super) const NGINX_ALPINE_SLIM: Facts = Facts {
    curl: None,
    zoneinfo: None,
    ..NGINX_ALPINE
};
/// `nginx` on Debian.
pub(super) const NGINX_DEBIAN: Facts = Facts {
    curl: Some(true),
    ..DEBIAN_SPECIAL
}
.with_user(NGINX);

/// The slim form of a language that keeps some of its build's tools.
pub(super) const SLIM_SPECIAL: Facts = DEBIAN_SPECIAL;
/// `rust:*-slim` keeps the certificates.
pub(super) const RUST_SLIM: Facts = Facts {
    ca_certificates: Some(true),
    ..DEBIAN_SPECIAL
};
