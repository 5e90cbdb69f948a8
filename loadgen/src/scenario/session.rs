//! What a user does in one visit: actions in order, with pauses, chances and branches.

use std::time::Duration;

use super::{Think, UserPick};

/// A way through several actions, which one user goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Slug; no action has the same.
    pub name: String,
    /// Which user goes it.
    pub user: UserPick,
    /// Limits on quantiles of its response time: quantile and limit.
    pub targets: Vec<(f64, Duration)>,
    /// What is done, one after the other.
    pub steps: Vec<Step>,
}

/// One part of a session.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What is done.
    pub task: Task,
    /// How likely it is done, above 0 and at most 1; drawn once for all of its times.
    pub chance: f64,
    /// How often, one after the other.
    pub times: u64,
    /// Pause after each time, before the next request.
    pub pause: Think,
}

/// What is done in a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// The action with this index is sent.
    Action(usize),
    /// All of these, one after the other.
    Steps(Vec<Step>),
    /// One of these, drawn by their weights.
    OneOf(Vec<(u64, Step)>),
}

impl Session {
    /// Requests of one action in one session, in the mean.
    pub fn mean_of(&self, action: usize) -> f64 {
        sum(&self.steps, &|step| match step.task {
            Task::Action(index) if index == action => 1.0,
            _ => 0.0,
        })
    }

    /// Requests in one session, in the mean.
    pub fn mean_requests(&self) -> f64 {
        sum(&self.steps, &|step| match step.task {
            Task::Action(_) => 1.0,
            _ => 0.0,
        })
    }

    /// The pauses of one session together, in the mean.
    pub fn mean_pause(&self) -> Duration {
        let seconds = sum(&self.steps, &|step| step.pause.mean().as_secs_f64());
        // No session lasts for 30 years; a sum of many pauses must not overflow.
        Duration::from_secs_f64(seconds.min(1e9))
    }

    /// Most requests of one action in one session.
    pub fn most_of(&self, action: usize) -> u64 {
        most(&self.steps, &|index| u64::from(index == action))
    }

    /// Most requests in one session.
    pub fn most_requests(&self) -> u64 {
        most(&self.steps, &|_| 1)
    }

    /// Fewest requests in one session.
    pub fn least_requests(&self) -> u64 {
        least(&self.steps, &|_| 1)
    }

    /// Does every session send the action with this index equally often?
    pub fn is_certain(&self, action: usize) -> bool {
        least(&self.steps, &|index| u64::from(index == action)) == self.most_of(action)
    }

    /// The indices of its actions, in the order in which they come first.
    pub fn actions(&self) -> Vec<usize> {
        fn collect(steps: &[Step], into: &mut Vec<usize>) {
            for step in steps {
                match &step.task {
                    Task::Action(index) if !into.contains(index) => into.push(*index),
                    Task::Action(_) => {}
                    Task::Steps(steps) => collect(steps, into),
                    Task::OneOf(steps) => {
                        for (_, step) in steps {
                            collect(std::slice::from_ref(step), into);
                        }
                    }
                }
            }
        }
        let mut actions = Vec::new();
        collect(&self.steps, &mut actions);
        actions
    }
}

/// The mean over all sessions of what the steps that are done come to together.
fn sum(steps: &[Step], of: &dyn Fn(&Step) -> f64) -> f64 {
    let each = |step: &Step| {
        let inner = match &step.task {
            Task::Action(_) => 0.0,
            Task::Steps(steps) => sum(steps, of),
            Task::OneOf(steps) => {
                let all: u64 = steps.iter().map(|(weight, _)| weight).sum();
                let steps = steps.iter();
                let weighted = steps
                    .map(|(weight, step)| *weight as f64 * sum(std::slice::from_ref(step), of));
                // Divided once, so that what is certain comes to a whole number.
                weighted.sum::<f64>() / all as f64
            }
        };
        step.chance * step.times as f64 * (of(step) + inner)
    };
    steps.iter().map(each).sum()
}

fn most(steps: &[Step], of: &dyn Fn(usize) -> u64) -> u64 {
    let each = |step: &Step| {
        let once = match &step.task {
            Task::Action(index) => of(*index),
            Task::Steps(steps) => most(steps, of),
            Task::OneOf(steps) => {
                let steps = steps.iter();
                let each = steps.map(|(_, step)| most(std::slice::from_ref(step), of));
                each.max().unwrap_or(0)
            }
        };
        once.saturating_mul(step.times)
    };
    let all = steps.iter().map(each);
    all.fold(0, u64::saturating_add)
}

fn least(steps: &[Step], of: &dyn Fn(usize) -> u64) -> u64 {
    let each = |step: &Step| {
        let once = match &step.task {
            _ if step.chance < 1.0 => 0,
            Task::Action(index) => of(*index),
            Task::Steps(steps) => least(steps, of),
            Task::OneOf(steps) => {
                let steps = steps.iter();
                let each = steps.map(|(_, step)| least(std::slice::from_ref(step), of));
                each.min().unwrap_or(0)
            }
        };
        once.saturating_mul(step.times)
    };
    let all = steps.iter().map(each);
    all.fold(0, u64::saturating_add)
}
