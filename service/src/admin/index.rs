//! What there is under `/debug/pprof/`.

use std::fmt::Write as _;

const PROFILES: [(&str, &str); 4] = [
    (
        "profile",
        "CPU, where it goes: ?seconds=30&frequency=99, one at a time; pprof",
    ),
    (
        "heap",
        "memory in use and allocated since the process began; pprof",
    ),
    (
        "contention",
        "waits for connections and locks since the process began, or ?seconds=30; pprof",
    ),
    (
        "tasks",
        "the runtime, its threads and its tasks over ?seconds=1; JSON",
    ),
];

/// Lists what this process offers.
pub(super) async fn index() -> String {
    let mut text = String::new();
    for (name, what) in PROFILES {
        if name != "heap" || super::heap::is_sampled() {
            let _ = writeln!(text, "/debug/pprof/{name:<11} {what}");
        }
    }
    text
}
