//! The patterns of `.dockerignore`, as Docker reads them.
