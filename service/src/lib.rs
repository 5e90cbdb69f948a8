//! Reference challenge service to put under load.
