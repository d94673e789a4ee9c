//! What several tests need.

pub(crate) mod editor;
pub(crate) mod features;
pub(crate) mod places;
pub(crate) mod random;
