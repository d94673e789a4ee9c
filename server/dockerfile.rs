//! From a build plan to a Dockerfile, with an origin for every line.
