//! The users and groups that distributions bring, from their base images' `/etc/passwd` and `/etc/group`.

use super::{Group, User};

/// The users and groups of a distribution.
#[derive(Clone, Copy)]
pub(super) struct Accounts {
    pub(super) users: &'static [User],
    pub(super) groups: &'static [Group],
    /// Names of users and groups that only some releases have.
    pub(super) uncertain: &'static [&'static str],
}

pub(super) const fn user(name: &'static str, uid: u32, gid: u32) -> User {
    User { name, uid, gid }
}

const fn group(name: &'static str, gid: u32) -> Group {
    Group { name, gid }
}

/// Alpine 3.19 to 3.23; what `alpine-baselayout` had before and has no more is uncertain.
pub(super) const ALPINE: Accounts = Accounts {
    users: &[
        user("root", 0, 0),
        user("bin", 1, 1),
        user("daemon", 2, 2),
        user("lp", 4, 7),
        user("sync", 5, 0),
        user("shutdown", 6, 0),
        user("halt", 7, 0),
        user("mail", 8, 12),
        user("news", 9, 13),
        user("uucp", 10, 14),
        user("cron", 16, 16),
        user("ftp", 21, 21),
        user("sshd", 22, 22),
        user("games", 35, 35),
        user("ntp", 123, 123),
        user("guest", 405, 100),
        user("nobody", 65534, 65534),
    ],
    groups: &[
        group("root", 0),
        group("bin", 1),
        group("daemon", 2),
        group("sys", 3),
        group("adm", 4),
        group("tty", 5),
        group("disk", 6),
        group("lp", 7),
        group("kmem", 9),
        group("wheel", 10),
        group("floppy", 11),
        group("mail", 12),
        group("news", 13),
        group("uucp", 14),
        group("cron", 16),
        group("audio", 18),
        group("cdrom", 19),
        group("dialout", 20),
        group("ftp", 21),
        group("sshd", 22),
        group("input", 23),
        group("tape", 26),
        group("video", 27),
        group("netdev", 28),
        group("kvm", 34),
        group("games", 35),
        group("www-data", 82),
        group("shadow", 42),
        group("users", 100),
        group("ntp", 123),
        group("abuild", 300),
        group("utmp", 406),
        group("ping", 999),
        group("nogroup", 65533),
        group("nobody", 65534),
    ],
    uncertain: &[
        "adm",
        "operator",
        "man",
        "postmaster",
        "at",
        "squid",
        "xfs",
        "cyrus",
        "vpopmail",
        "smmsp",
        "svn",
        "mem",
        "console",
        "usb",
        "locate",
        "readproc",
        "klogd",
    ],
};

/// Debian 11 to 13; the number of `_apt` differs between them.
pub(super) const DEBIAN: Accounts = Accounts {
    users: &[
        user("root", 0, 0),
        user("daemon", 1, 1),
        user("bin", 2, 2),
        user("sys", 3, 3),
        user("sync", 4, 65534),
        user("games", 5, 60),
        user("man", 6, 12),
        user("lp", 7, 7),
        user("mail", 8, 8),
        user("news", 9, 9),
        user("uucp", 10, 10),
        user("proxy", 13, 13),
        user("www-data", 33, 33),
        user("backup", 34, 34),
        user("list", 38, 38),
        user("irc", 39, 39),
        user("nobody", 65534, 65534),
    ],
    groups: &[
        group("root", 0),
        group("daemon", 1),
        group("bin", 2),
        group("sys", 3),
        group("adm", 4),
        group("tty", 5),
        group("disk", 6),
        group("lp", 7),
        group("mail", 8),
        group("news", 9),
        group("uucp", 10),
        group("man", 12),
        group("proxy", 13),
        group("kmem", 15),
        group("dialout", 20),
        group("fax", 21),
        group("voice", 22),
        group("cdrom", 24),
        group("floppy", 25),
        group("tape", 26),
        group("sudo", 27),
        group("audio", 29),
        group("dip", 30),
        group("www-data", 33),
        group("backup", 34),
        group("operator", 37),
        group("list", 38),
        group("irc", 39),
        group("src", 40),
        group("shadow", 42),
        group("utmp", 43),
        group("video", 44),
        group("sasl", 45),
        group("plugdev", 46),
        group("staff", 50),
        group("games", 60),
        group("users", 100),
        group("nogroup", 65534),
    ],
    uncertain: &[
        "_apt",
        "gnats",
        "ubuntu",
        "ssh",
        "messagebus",
        "input",
        "kvm",
        "render",
        "sgx",
        "crontab",
    ],
};

/// Google's distroless images.
pub(super) const DISTROLESS: Accounts = Accounts {
    users: &[
        user("root", 0, 0),
        user("nobody", 65534, 65534),
        user("nonroot", 65532, 65532),
    ],
    groups: &[
        group("root", 0),
        group("nobody", 65534),
        group("tty", 5),
        group("staff", 50),
        group("nonroot", 65532),
    ],
    uncertain: &["shadow"],
};

/// The official BusyBox image, whose files come from Buildroot.
pub(super) const BUSYBOX: Accounts = Accounts {
    users: &[user("root", 0, 0), user("nobody", 65534, 65534)],
    groups: &[group("root", 0)],
    uncertain: &["nobody", "nogroup"],
};

/// Wolfi and Chainguard.
pub(super) const WOLFI: Accounts = Accounts {
    users: &[user("root", 0, 0), user("nonroot", 65532, 65532)],
    groups: &[group("root", 0), group("nonroot", 65532)],
    uncertain: &["nobody"],
};

/// What every image with a `/etc/passwd` has.
pub(super) const ROOT: Accounts = Accounts {
    users: &[user("root", 0, 0)],
    groups: &[group("root", 0)],
    uncertain: &[],
};

/// No `/etc/passwd` at all: not even `root` is a name.
pub(super) const NOBODY: Accounts = Accounts {
    users: &[],
    groups: &[],
    uncertain: &[],
};
