//! Diagnostics in the formats of the command line.
