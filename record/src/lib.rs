//! The on-disk record of one load run.
