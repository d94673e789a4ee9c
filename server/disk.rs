//! The build context in a folder of the disk, and the documents that lie on it.
#![expect(
    clippy::disallowed_methods,
    reason = "this module is the one seam through which the program reads and writes files"
)]

mod document;
mod folder;
mod patient;

pub use crate::disk::document::{
    ReadError, find_above, find_documents, find_some_documents, read_document, real, write_atomic,
};
pub use crate::disk::folder::Folder;
pub use crate::disk::patient::{Patient, within};
