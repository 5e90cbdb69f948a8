//! A replay: arrivals are due when they were in a recording, or faster or slower by a factor.
//!
//! At speed 2 what was recorded after 3 s is due after 1.5 s. Arrivals at or after the end of the
//! stage are left out.

use std::time::Duration;

use super::recording::{Instants, Recording};

const SECOND_US: u64 = 1_000_000;

/// Arrivals of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    recording: Recording,
    speed: f64,
    count: u64,
    /// Arrivals in each second of the stage, as far as there are any.
    per_second: Vec<u64>,
}

/// Reads due times in their order.
#[derive(Clone, Debug)]
pub(super) struct ReplayCursor<'a> {
    replay: &'a Replay,
    instants: Instants<'a>,
    /// How many were read.
    read: u64,
    due_us: u64,
}

impl Replay {
    /// `recording` at `speed` times its own for `duration`.
    pub fn new(recording: Recording, speed: f64, duration: Duration) -> Self {
        let end_us = duration.as_micros() as u64;
        let (mut count, mut per_second) = (0, Vec::new());
        let dues = recording.instants_us().map(|at_us| scaled(at_us, speed));
        for due_us in dues.take_while(|due_us| *due_us < end_us) {
            let second = (due_us / SECOND_US) as usize;
            if per_second.len() <= second {
                per_second.resize(second + 1, 0);
            }
            per_second[second] += 1;
            count += 1;
        }
        Self {
            recording,
            speed,
            count,
            per_second,
        }
    }

    /// What is replayed.
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    /// How much faster than it was recorded.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// Arrivals in all.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Arrivals in each second of the stage; beyond the last of them there are none.
    pub fn per_second(&self) -> &[u64] {
        &self.per_second
    }

    pub(super) fn cursor(&self) -> ReplayCursor<'_> {
        ReplayCursor {
            replay: self,
            instants: self.recording.instants_us(),
            read: 0,
            due_us: 0,
        }
    }
}

impl ReplayCursor<'_> {
    pub(super) fn due_us(&mut self, n: u64) -> u64 {
        if n + 1 < self.read {
            *self = self.replay.cursor();
        }
        while self.read <= n {
            let Some(at_us) = self.instants.next() else {
                break;
            };
            self.due_us = scaled(at_us, self.replay.speed);
            self.read += 1;
        }
        self.due_us
    }
}

fn scaled(at_us: u64, speed: f64) -> u64 {
    (at_us as f64 / speed).round() as u64
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::super::{Arrivals, laws};
    use super::*;

    fn replay(text: &str, speed: f64, duration: Duration) -> Replay {
        let recording = Recording::parse(Path::new("a.csv"), text).unwrap();
        Replay::new(recording, speed, duration)
    }

    #[test]
    fn a_recording_is_replayed_at_its_speed_until_the_end_of_the_stage() {
        let text = "0.5\n1\n3\n3\n8\n";
        for (speed, dues) in [
            (1.0, &[500_000, 1_000_000, 3_000_000, 3_000_000][..]),
            (2.0, &[250_000, 500_000, 1_500_000, 1_500_000, 4_000_000]),
            (0.5, &[1_000_000, 2_000_000]),
        ] {
            let replay = replay(text, speed, Duration::from_secs(5));
            let mut cursor = replay.cursor();
            let read: Vec<u64> = (0..replay.count()).map(|n| cursor.due_us(n)).collect();
            assert_eq!(read, dues, "speed {speed}");
            assert_eq!(cursor.due_us(0), dues[0], "a cursor may go back");
        }
        let replay = replay(text, 1.0, Duration::from_secs(5));
        assert_eq!(replay.per_second(), [1, 1, 0, 2]);
    }

    proptest! {
        #[test]
        fn laws(gaps in proptest::collection::vec(0_u64..200_000, 1..300), speed in 0.1_f64..10.0) {
            let sum = |now: &mut u64, gap: &u64| { *now += gap; Some(format!("{now}\n")) };
            let text: String = gaps.iter().scan(0, sum).collect();
            let length = Duration::from_secs(20);
            let replay = replay(&format!("us\n{text}"), speed, length);
            prop_assert_eq!(replay.per_second().iter().sum::<u64>(), replay.count());
            laws::all_hold(&Arrivals::Replay(replay), length)?;
        }
    }
}
