//! Another rate, scale or length for a stream: every process keeps its shape.

use std::time::Duration;

use super::{Load, Process, Rate, Stream};
use crate::arrivals::Arrivals;

/// By default as many requests may be in flight as arrive in this time at the highest rate; sessions
/// have their pauses besides.
const DEFAULT_IN_FLIGHT_SECONDS: f64 = 10.0;

impl Stream {
    /// Changes the rate to this, which stays the same over a stage of `duration`, and says whether
    /// there is one to change. A bound on requests in flight that follows from the rate follows it.
    pub(super) fn set_rate(&mut self, per_s: f64, duration: Duration) -> bool {
        let Load::Open { .. } = self.load else {
            return false;
        };
        self.replace(duration, duration, |_| {
            Process::Even(Rate::Constant { per_s })
        });
        true
    }

    /// Multiplies the rate, or the users of a closed model; a replay goes as much faster.
    pub(super) fn scale(&mut self, factor: f64, duration: Duration) {
        // 0.1 × 0.3 is 0.030000000000000002, which nobody wants to read in a plan.
        let times = |rate: &f64| (rate * factor * 1e9).round() / 1e9;
        if let Load::Closed(load) = &mut self.load {
            load.users = ((load.users as f64 * factor).round() as usize).max(1);
        }
        self.replace(duration, duration, |process| match process {
            Process::Even(rate) => Process::Even(rate_times(rate, times)),
            Process::Poisson(rate) => Process::Poisson(rate_times(rate, times)),
            Process::Replay { recording, speed } => Process::Replay {
                recording: recording.clone(),
                speed: times(speed),
            },
        });
    }

    /// Follows a stage that lasted for `before` and lasts for `duration` now: what goes on until
    /// its end, or would after it, keeps its share of the stage.
    pub(super) fn follow(&mut self, before: Duration, duration: Duration) {
        self.replace(before, duration, |process| match process {
            Process::Even(rate) => Process::Even(rate_within(rate, before, duration)),
            Process::Poisson(rate) => Process::Poisson(rate_within(rate, before, duration)),
            Process::Replay { .. } => process.clone(),
        });
    }

    fn replace(
        &mut self,
        before: Duration,
        duration: Duration,
        change: impl FnOnce(&Process) -> Process,
    ) {
        if let Load::Open {
            process,
            max_in_flight,
        } = &mut self.load
        {
            let changed = change(process);
            let mean_pause = self.mean_pause;
            if *max_in_flight == default_in_flight(process, before, mean_pause) {
                *max_in_flight = default_in_flight(&changed, duration, mean_pause);
            }
            *process = changed;
        }
    }
}

fn rate_times(rate: &Rate, times: impl Fn(&f64) -> f64) -> Rate {
    match rate {
        Rate::Constant { per_s } => Rate::Constant {
            per_s: times(per_s),
        },
        Rate::Ramp { points } => Rate::Ramp {
            points: points.iter().map(|(at, rate)| (*at, times(rate))).collect(),
        },
        Rate::Spike {
            base_per_s,
            spike_per_s,
            at,
            length,
        } => Rate::Spike {
            base_per_s: times(base_per_s),
            spike_per_s: times(spike_per_s),
            at: *at,
            length: *length,
        },
    }
}

fn rate_within(rate: &Rate, before: Duration, duration: Duration) -> Rate {
    let moves = |end: Duration| end == before || end > duration;
    let share = |part: Duration| share_of(part, before, duration);
    match rate {
        Rate::Ramp { points } if points.last().is_some_and(|(at, _)| moves(*at)) => Rate::Ramp {
            points: points
                .iter()
                .map(|(at, rate)| (share(*at), *rate))
                .collect(),
        },
        Rate::Spike {
            base_per_s,
            spike_per_s,
            at,
            length,
        } if moves(*at + *length) => Rate::Spike {
            base_per_s: *base_per_s,
            spike_per_s: *spike_per_s,
            at: share(*at),
            length: share(*length),
        },
        other => other.clone(),
    }
}

/// As much of `duration` as `part` is of `before`.
pub(super) fn share_of(part: Duration, before: Duration, duration: Duration) -> Duration {
    let share = part.as_secs_f64() / before.as_secs_f64();
    Duration::from_micros((duration.as_secs_f64() * share * 1e6).round() as u64)
}

/// How many requests of a stream may be in flight where the scenario does not say it: as many as
/// arrive in some seconds of the highest rate, and in the mean pauses of a session.
pub(super) fn default_in_flight(
    process: &Process,
    duration: Duration,
    mean_pause: Duration,
) -> usize {
    // What is drawn need not be drawn for that.
    let even = match process {
        Process::Poisson(rate) => Process::Even(rate.clone()),
        other => other.clone(),
    };
    let highest_per_s = Arrivals::new(&even, duration, 0).highest_per_s();
    let seconds = DEFAULT_IN_FLIGHT_SECONDS + mean_pause.as_secs_f64();
    (highest_per_s * seconds).ceil() as usize
}
