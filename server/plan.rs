//! The build plan: what will be built, as build stages and instructions.
