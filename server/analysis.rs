//! The whole core: text in, analysis out.
