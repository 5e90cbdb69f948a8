//! What a profile says of the process that it was taken of, in its comments: `NAME=VALUE`.

/// Figures that travel with a profile.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Claim {
    /// CPU time that the process used over the window by the system's account.
    pub(super) process_cpu_s: Option<f64>,
    /// Cores that it may use.
    pub(super) cores: Option<f64>,
}

/// Reads `process_cpu_nanoseconds=…` and `cores=…`.
pub(super) fn of(comments: &[String]) -> Claim {
    let value = |name: &str| {
        let mut said = comments.iter().filter_map(|comment| {
            let (key, value) = comment.split_once('=')?;
            (key.trim() == name).then(|| value.trim().parse::<f64>().ok())?
        });
        said.find(|value| value.is_finite() && *value > 0.0)
    };
    Claim {
        process_cpu_s: value("process_cpu_nanoseconds").map(|ns| ns / 1e9),
        cores: value("cores"),
    }
}
