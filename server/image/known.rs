//! What is known of images without looking at them: shells, libraries, package managers, users.

mod accounts;
mod facts;
mod table;
mod variant;

use super::ImageReference;

/// What an image descends from, as far as packages and users are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Alpine Linux.
    Alpine,
    /// Debian and Ubuntu.
    Debian,
    /// Google's distroless images, and what is made like them: no shell, no package manager.
    Distroless,
    /// Nothing at all.
    Scratch,
    /// Wolfi and Chainguard.
    Wolfi,
    /// BusyBox.
    Busybox,
    /// Red Hat's universal base images.
    Ubi,
}

/// The C library of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Libc {
    /// musl, as in Alpine.
    Musl,
    /// The GNU C library.
    Glibc,
    /// None: only static binaries run.
    None,
}

/// The package manager of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PackageManager {
    /// `apk`.
    Apk,
    /// `apt-get`.
    Apt,
    /// There is none.
    None,
}

/// A user of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct User {
    /// The name: `node`.
    pub name: &'static str,
    /// The number that `USER` takes.
    pub uid: u32,
    /// The number of its own group.
    pub gid: u32,
}

/// A group of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Group {
    /// The name: `nogroup`.
    pub name: &'static str,
    /// Its number.
    pub gid: u32,
}

/// What is known of an image. A fact that is `None` is not known, and never a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What it descends from.
    pub family: Family,
    /// Whether there is a `/bin/sh`.
    pub shell: Option<bool>,
    /// Whether there is a `bash`.
    pub bash: Option<bool>,
    /// The C library.
    pub libc: Option<Libc>,
    /// The package manager; `None` also where it is one that is not supported, as `microdnf`.
    pub package_manager: Option<PackageManager>,
    /// Whether there is a `curl`.
    pub curl: Option<bool>,
    /// Whether there is a `wget`, BusyBox's or GNU's.
    pub wget: Option<bool>,
    /// Whether the certificates of the authorities that TLS trusts are there.
    pub ca_certificates: Option<bool>,
    /// Whether the time zone database is there.
    pub zoneinfo: Option<bool>,
    /// The users that are there in all releases, root among them.
    pub users: Vec<User>,
    /// The groups that are there in all releases, root's among them.
    pub groups: Vec<Group>,
    /// The user other than root that the image itself switches to.
    pub user: Option<User>,
    /// Whether the image leaves programs to root.
    pub starts_as_root: Option<bool>,
    /// The user other than root that the image brings for programs, whether it switches to it or not.
    pub application_user: Option<User>,
    /// Whether `users` and `groups` are all there are, but for the names in `uncertain`.
    complete: bool,
    /// The names that some releases have.
    uncertain: &'static [&'static str],
}

impl Known {
    /// The user with a name.
    pub fn user_named(&self, name: &str) -> Option<User> {
        self.users.iter().copied().find(|user| user.name == name)
    }

    /// The group with a name.
    pub fn group_named(&self, name: &str) -> Option<Group> {
        self.groups.iter().copied().find(|group| group.name == name)
    }

    /// The user with a number.
    pub fn user_with_id(&self, uid: u32) -> Option<User> {
        self.users.iter().copied().find(|user| user.uid == uid)
    }

    /// Whether the image has a user of that name; `None` where nobody knows or only some releases have it.
    pub fn has_user(&self, name: &str) -> Option<bool> {
        self.certain(name, self.user_named(name).is_some())
    }

    /// Whether the image has a group of that name; `None` where nobody knows or only some releases have it.
    pub fn has_group(&self, name: &str) -> Option<bool> {
        self.certain(name, self.group_named(name).is_some())
    }

    fn certain(&self, name: &str, found: bool) -> Option<bool> {
        if found {
            return Some(true);
        }
        (self.complete && !self.uncertain.contains(&name)).then_some(false)
    }
}

/// What is known of an image; `None` for images that nobody has described here.
pub fn known(reference: &ImageReference) -> Option<Known> {
    if reference.is_scratch() {
        return Some(facts::SCRATCH.known());
    }
    let repository = official_name(reference)?;
    let tag = variant::Tag::of(reference);
    table::facts(&repository, &tag).map(|facts| facts.known())
}

/// What `image_family` says of an image that is not known itself: what the whole family shares.
pub fn family_defaults(image_family: &str) -> Option<Known> {
    let facts = match image_family {
        "alpine" => facts::ANY_ALPINE,
        "slim" => facts::ANY_DEBIAN,
        "distroless" => facts::ANY_DISTROLESS,
        _ => return None,
    };
    Some(facts.known())
}

/// The name that the table has: without Docker's registry or a mirror of its official images.
fn official_name(reference: &ImageReference) -> Option<String> {
    let repository = reference.repository();
    let name = match reference.registry() {
        "docker.io" => repository.to_owned(),
        // Both mirror Docker's official images under these names.
        "public.ecr.aws" => repository.strip_prefix("docker/library/")?.to_owned(),
        "mirror.gcr.io" => repository.strip_prefix("library/")?.to_owned(),
        registry => format!("{registry}/{repository}"),
    };
    Some(name)
}

#[cfg(test)]
mod tests;
