//! The mounts of `RUN`: their types and keys.

use crate::plan::instructions::Takes;

/// A type of mount.
#[derive(Debug, PartialEq, Eq)]
pub struct MountType {
    /// The value of `type=`.
    pub name: &'static str,
    /// What it is for, Markdown.
    pub page: &'static str,
    /// What can be said of it, beside its type.
    pub keys: &'static [MountKey],
}

/// A key of a mount.
#[derive(Debug, PartialEq, Eq)]
pub struct MountKey {
    /// The name to teach.
    pub name: &'static str,
    /// Other names of the same.
    pub aliases: &'static [&'static str],
    /// What it says, Markdown.
    pub page: &'static str,
    /// What it takes.
    pub takes: Takes,
}

impl MountType {
    /// The key with a name, whichever of its names it is.
    pub fn key(&self, name: &str) -> Option<&'static MountKey> {
        let name = name.to_ascii_lowercase();
        self.keys
            .iter()
            .find(|key| key.name == name || key.aliases.contains(&name.as_str()))
    }
}

const TARGET: MountKey = MountKey {
    name: "target",
    aliases: &["dst", "destination"],
    page: "Where it appears while the command runs.",
    takes: Takes::Target,
};

const SOURCE: MountKey = MountKey {
    name: "source",
    aliases: &["src"],
    page: "The path in the build context, or in what `from` names. Default: its root.",
    takes: Takes::Source,
};

const FROM: MountKey = MountKey {
    name: "from",
    aliases: &[],
    page: "The stage, image or named build context that it is taken from, instead of the build context.",
    takes: Takes::Stage,
};

const WRITABLE: MountKey = MountKey {
    name: "rw",
    aliases: &["readwrite"],
    page: "Lets the command write; what it writes is thrown away.",
    takes: Takes::Switch,
};

const READ_ONLY: MountKey = MountKey {
    name: "ro",
    aliases: &["readonly"],
    page: "Keeps the command from writing.",
    takes: Takes::Switch,
};

const REQUIRED: MountKey = MountKey {
    name: "required",
    aliases: &[],
    page: "Lets the build stop where it is not given. Default: `false`.",
    takes: Takes::Switch,
};

const MODE: MountKey = MountKey {
    name: "mode",
    aliases: &[],
    page: "Its file mode, octal.",
    takes: Takes::Mode,
};

const UID: MountKey = MountKey {
    name: "uid",
    aliases: &[],
    page: "The user that owns it, a number. Default: 0.",
    takes: Takes::Count,
};

const GID: MountKey = MountKey {
    name: "gid",
    aliases: &[],
    page: "The group that owns it, a number. Default: 0.",
    takes: Takes::Count,
};

const SHARING: [(&str, &str); 3] = [
    ("shared", "Several builds write at once; the default."),
    ("private", "Each concurrent build gets a cache of its own."),
    ("locked", "A second build waits until the first is done."),
];

const ID: MountKey = MountKey {
    name: "id",
    aliases: &[],
    page: "The name under which builds share it. Default: its target.",
    takes: Takes::Id,
};

/// All types of mount.
pub static MOUNT_TYPES: [MountType; 5] = [
    MountType {
        name: "bind",
        page: "Files of the build context, a stage or an image, there only while the command runs. The default type.",
        keys: &[TARGET, SOURCE, FROM, WRITABLE, READ_ONLY],
    },
    MountType {
        name: "cache",
        page: "A folder that is kept between builds and never becomes part of the image: for compilers and package managers.",
        keys: &[
            TARGET,
            ID,
            MountKey {
                name: "sharing",
                aliases: &[],
                page: "How concurrent builds use it.",
                takes: Takes::Words(&SHARING),
            },
            FROM,
            SOURCE,
            READ_ONLY,
            WRITABLE,
            MODE,
            UID,
            GID,
        ],
    },
    MountType {
        name: "secret",
        page: "A credential, there only while the command runs: as a file, by default `/run/secrets/<id>`, or as a variable.",
        keys: &[
            MountKey {
                name: "id",
                aliases: &["source", "src"],
                page: "The secret's name, as in `docker build --secret id=<id>`.",
                takes: Takes::Id,
            },
            TARGET,
            MountKey {
                name: "env",
                aliases: &[],
                page: "The environment variable that holds it, instead of a file.",
                takes: Takes::Text("name"),
            },
            REQUIRED,
            MODE,
            UID,
            GID,
            READ_ONLY,
            WRITABLE,
        ],
    },
    MountType {
        name: "ssh",
        page: "The SSH agent of who builds, for `git` and `ssh`.",
        keys: &[
            MountKey {
                name: "id",
                aliases: &["source", "src"],
                page: "The agent's name, as in `docker build --ssh <id>`. Default: `default`.",
                takes: Takes::Id,
            },
            TARGET,
            REQUIRED,
            MODE,
            UID,
            GID,
            READ_ONLY,
            WRITABLE,
        ],
    },
    MountType {
        name: "tmpfs",
        page: "A folder in memory, empty at first and gone when the command ends.",
        keys: &[
            TARGET,
            MountKey {
                name: "size",
                aliases: &[],
                page: "The most that it may hold, such as `64m`. Default: no limit.",
                takes: Takes::Size,
            },
            READ_ONLY,
            WRITABLE,
        ],
    },
];
