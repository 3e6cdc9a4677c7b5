//! iwd, 2.0 and later.
//!
//! | file | what it holds |
//! |---|---|
//! | `files/` | its known networks on disk: what is known of each, and which address it has there |

pub mod files;
