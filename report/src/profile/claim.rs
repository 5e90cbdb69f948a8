//! What a profile says of the process that it was taken of, in its comments: `NAME=VALUE`.

/// Figures that travel with a profile.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Claim {
    /// CPU time that the process used over the window by the system's account.
    pub(super) process_cpu_s: Option<f64>,
    /// The part of the samples that the profiler has no stack for.
    pub(super) unattributed_cpu_s: Option<f64>,
    /// CPU time that it took after the window, to build the profile.
    pub(super) building_cpu_s: Option<f64>,
    /// Cores that it may use.
    pub(super) cores: Option<f64>,
}

/// Reads `process_cpu_nanoseconds=…`, `unattributed_cpu_nanoseconds=…`, `building_cpu_nanoseconds=…` and
/// `cores=…`.
pub(super) fn of(comments: &[String]) -> Claim {
    let value = |name: &str| {
        let mut said = comments.iter().filter_map(|comment| {
            let (key, value) = comment.split_once('=')?;
            (key.trim() == name).then(|| value.trim().parse::<f64>().ok())?
        });
        said.find(|value| value.is_finite() && *value >= 0.0)
    };
    let seconds = |name: &str| value(name).map(|ns| ns / 1e9);
    let some = |value: &f64| *value > 0.0;
    Claim {
        process_cpu_s: seconds("process_cpu_nanoseconds").filter(some),
        unattributed_cpu_s: seconds("unattributed_cpu_nanoseconds"),
        building_cpu_s: seconds("building_cpu_nanoseconds").filter(some),
        cores: value("cores").filter(some),
    }
}
