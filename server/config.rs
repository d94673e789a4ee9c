//! The types of `docksmith.toml`: the one definition of the format.
