//! The eighteen instructions.

use crate::plan::instructions::{Keyword, KnownFlag, Reader, Takes};

const CHOWN: KnownFlag = KnownFlag {
    name: "chown",
    page: "Who owns what is copied: `user:group`, names of the image or numbers. Default: `0:0`.",
    takes: Takes::Owner,
    repeats: false,
};

const CHMOD: KnownFlag = KnownFlag {
    name: "chmod",
    page: "The mode of what is copied: octal digits such as `0755`, or changes such as `u=rwX,go=rX`.",
    takes: Takes::Mode,
    repeats: false,
};

const LINK: KnownFlag = KnownFlag {
    name: "link",
    page: "Puts the files into a layer of their own that stays valid when the layers below change. Symbolic links in \
           the destination are not followed.",
    takes: Takes::Switch,
    repeats: false,
};

const EXCLUDE: KnownFlag = KnownFlag {
    name: "exclude",
    page: "A pattern of files that are left out, as in `.dockerignore`. May stand several times.",
    takes: Takes::Text("pattern"),
    repeats: true,
};

const NETWORK: [(&str, &str); 3] = [
    ("default", "The build's own network; the default."),
    ("none", "No network but the loopback device."),
    (
        "host",
        "The network of the machine; the builder must allow it.",
    ),
];

const SECURITY: [(&str, &str); 2] = [
    ("sandbox", "As containers run; the default."),
    (
        "insecure",
        "Without a sandbox, as `docker run --privileged`; the builder must allow it.",
    ),
];

const INTERVAL: &str = "How long to wait between two checks. Default: `30s`.";

const HEALTH_FLAGS: [KnownFlag; 5] = [
    duration("interval", INTERVAL),
    duration(
        "timeout",
        "How long a check may take before it counts as failed. Default: `30s`.",
    ),
    duration(
        "start-period",
        "How long the program may take to start: failed checks do not count before. Default: `0s`.",
    ),
    duration(
        "start-interval",
        "How long to wait between two checks while the program starts. Default: `5s`.",
    ),
    KnownFlag {
        name: "retries",
        page: "How many checks in a row must fail until the container is unhealthy. Default: 3.",
        takes: Takes::Count,
        repeats: false,
    },
];

const fn duration(name: &'static str, page: &'static str) -> KnownFlag {
    KnownFlag {
        name,
        page,
        takes: Takes::Duration,
        repeats: false,
    }
}

const fn plain(
    name: &'static str,
    does: &'static str,
    page: &'static str,
    forms: &'static [&'static str],
    reader: Reader,
) -> Keyword {
    Keyword {
        name,
        does,
        page,
        forms,
        flags: &[],
        reader,
    }
}

/// All instructions, in alphabetical order.
pub static INSTRUCTIONS: [Keyword; 18] = [
    Keyword {
        name: "ADD",
        does: "adds files from an address or an archive",
        page: "Adds files of the build context, downloads and git repositories. An archive of the context is unpacked. \
               For plain files `COPY` says more clearly what happens.",
        forms: &[
            "ADD [flags] <source>… <destination>",
            "ADD [flags] [\"<source>\", …, \"<destination>\"]",
        ],
        flags: &[
            KnownFlag {
                name: "checksum",
                page: "What a download must be: `sha256:` and 64 hexadecimal digits; for a git repository its commit.",
                takes: Takes::Text("checksum"),
                repeats: false,
            },
            CHOWN,
            CHMOD,
            LINK,
            EXCLUDE,
            KnownFlag {
                name: "keep-git-dir",
                page: "Keeps the `.git` folder of a git repository.",
                takes: Takes::Switch,
                repeats: false,
            },
            KnownFlag {
                name: "unpack",
                page: "Whether an archive is unpacked. Default: archives of the build context are, downloads are not.",
                takes: Takes::Switch,
                repeats: false,
            },
        ],
        reader: Reader::Builder,
    },
    plain(
        "ARG",
        "declares a build argument",
        "Declares an argument that `docker build --build-arg` can set, with its default. It counts from here to the end \
         of the stage, and its value can be seen in the image's history.",
        &["ARG <name>[=<default>]…"],
        Reader::Builder,
    ),
    plain(
        "CMD",
        "names the command",
        "What the container starts, or the arguments of `ENTRYPOINT`. Only the last one counts, and `docker run` can \
         name another.",
        &["CMD [\"<program>\", \"<argument>\", …]", "CMD <shell text>"],
        Reader::Container,
    ),
    Keyword {
        name: "COPY",
        does: "copies files",
        page: "Copies files and folders of the build context, or of a stage or image that `--from` names. A folder's \
               contents are copied, not the folder itself.",
        forms: &[
            "COPY [flags] <source>… <destination>",
            "COPY [flags] [\"<source>\", …, \"<destination>\"]",
            "COPY [flags] <<EOT <destination>",
        ],
        flags: &[
            KnownFlag {
                name: "from",
                page: "The stage, image or named build context that is copied from, instead of the build context.",
                takes: Takes::Stage,
                repeats: false,
            },
            CHOWN,
            CHMOD,
            LINK,
            EXCLUDE,
            KnownFlag {
                name: "parents",
                page: "Keeps the folders of a source: `a/b.txt` becomes `<destination>/a/b.txt`.",
                takes: Takes::Switch,
                repeats: false,
            },
        ],
        reader: Reader::Builder,
    },
    plain(
        "ENTRYPOINT",
        "names the program",
        "The program of the container. `CMD`, or what stands behind the image in `docker run`, becomes its arguments. \
         In shell form the program gets no signals.",
        &[
            "ENTRYPOINT [\"<program>\", \"<argument>\", …]",
            "ENTRYPOINT <shell text>",
        ],
        Reader::Container,
    ),
    plain(
        "ENV",
        "sets an environment variable",
        "Sets environment variables for the steps that follow and for the container. All values of one `ENV` are read \
         before any of its names is set.",
        &["ENV <name>=<value>…"],
        Reader::Builder,
    ),
    plain(
        "EXPOSE",
        "names a port",
        "Names ports that the program listens on, for who runs the image: `docker run -P` publishes them.",
        &["EXPOSE <port>[/tcp|/udp|/sctp]…"],
        Reader::Builder,
    ),
    Keyword {
        name: "FROM",
        does: "begins a stage",
        page: "Begins a build stage on an image, another stage or `scratch`. The last stage is the image.",
        forms: &["FROM [--platform=<platform>] <image> [AS <name>]"],
        flags: &[KnownFlag {
            name: "platform",
            page: "The platform of the image, such as `linux/amd64` or `$BUILDPLATFORM`. Default: that of the build.",
            takes: Takes::Platform,
            repeats: false,
        }],
        reader: Reader::Builder,
    },
    Keyword {
        name: "HEALTHCHECK",
        does: "says how to see that the program works",
        page: "The command that tells whether the program works: it ends with 0 if so. `NONE` takes away the check of \
               the base image.",
        forms: &[
            "HEALTHCHECK [flags] CMD [\"<program>\", …]",
            "HEALTHCHECK [flags] CMD <shell text>",
            "HEALTHCHECK NONE",
        ],
        flags: &HEALTH_FLAGS,
        reader: Reader::Container,
    },
    plain(
        "LABEL",
        "adds a label",
        "Adds labels to the image, such as `org.opencontainers.image.source`.",
        &["LABEL <key>=<value>…"],
        Reader::Builder,
    ),
    plain(
        "MAINTAINER",
        "names the author (deprecated)",
        "Names the author of the image. Deprecated: use the label `org.opencontainers.image.authors`.",
        &["MAINTAINER <name>"],
        Reader::Nobody,
    ),
    plain(
        "ONBUILD",
        "waits for a build on top",
        "Keeps an instruction that runs when another image is built on this one, right behind its `FROM`.",
        &["ONBUILD <instruction>"],
        Reader::Nobody,
    ),
    Keyword {
        name: "RUN",
        does: "runs a command",
        page: "Runs a command in the stage; what it changes becomes a layer. Mounts give it caches, files and secrets \
               that do not become part of the image.",
        forms: &[
            "RUN [flags] <shell text>",
            "RUN [flags] [\"<program>\", \"<argument>\", …]",
            "RUN [flags] <<EOT",
        ],
        flags: &[
            KnownFlag {
                name: "mount",
                page: "Files that are there only while the command runs: `bind`, `cache`, `secret`, `ssh` or `tmpfs`. \
                       May stand several times.",
                takes: Takes::Mount,
                repeats: true,
            },
            KnownFlag {
                name: "network",
                page: "The network that the command sees.",
                takes: Takes::Words(&NETWORK),
                repeats: false,
            },
            KnownFlag {
                name: "security",
                page: "Whether the command runs in a sandbox.",
                takes: Takes::Words(&SECURITY),
                repeats: false,
            },
            KnownFlag {
                name: "device",
                page: "A device of the builder, by its CDI name, such as `vendor.com/class=name`.",
                takes: Takes::Text("device"),
                repeats: true,
            },
        ],
        reader: Reader::BuildShell,
    },
    plain(
        "SHELL",
        "changes the shell",
        "The shell of all commands in shell form that follow, with its arguments. Default: `[\"/bin/sh\", \"-c\"]`.",
        &["SHELL [\"<shell>\", \"<argument>\", …]"],
        Reader::Nobody,
    ),
    plain(
        "STOPSIGNAL",
        "names the signal that ends the program",
        "The signal that `docker stop` sends: a name such as `SIGINT`, or a number. Default: `SIGTERM`.",
        &["STOPSIGNAL <signal>"],
        Reader::Builder,
    ),
    plain(
        "USER",
        "changes the user",
        "The user, and with it the group, of the steps that follow and of the container. Numbers can be checked by \
         who runs the image, names cannot.",
        &["USER <user>[:<group>]"],
        Reader::Builder,
    ),
    plain(
        "VOLUME",
        "names a folder that outlives the container",
        "Names folders whose contents live outside the container. What later steps write there can be lost.",
        &["VOLUME [\"<path>\", …]", "VOLUME <path>…"],
        Reader::Builder,
    ),
    plain(
        "WORKDIR",
        "changes the folder",
        "The working folder of the steps that follow and of the container. It is made if it is not there; a relative \
         path starts at the one before.",
        &["WORKDIR <path>"],
        Reader::Builder,
    ),
];
