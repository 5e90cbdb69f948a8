//! Comparison, verdicts and reports over run records.
