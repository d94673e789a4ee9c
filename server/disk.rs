//! The build context in a folder of the disk.
