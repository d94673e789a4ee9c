//! Java: not planned yet.

use crate::plan::languages::{Built, Planner, images};

/// How Java programs are planned.
pub(super) const PLANNER: Planner = Planner {
    stages: |_| Vec::new(),
    image: |_| images::DISTROLESS_STATIC.to_owned(),
    plan: |_, _| Built::default(),
};
