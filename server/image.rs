//! Image references, digests, platforms, and what is known of images.
