//! The response with all goals, serialised once, for a player's own standings to be put into.
//!
//! Nine tenths of the response are the same for everybody. The rest is spelt by the same [`Standing`]
//! as in the response that is serialised from scratch, so that both are equal byte by byte.

use std::collections::HashMap;
use std::ops::Range;

use serde::Serialize;

use crate::catalogue::{Catalogue, Challenge, Goal};
use crate::instant::Instant;
use crate::progress::Progress;
use crate::rule::Kind;
use crate::standing::is_locked;
use crate::view::{ChallengeView, GoalView, Standing};

/// By how much a standing can be longer than that of a goal without a row: four instants instead of
/// null, and a long progress.
const GROWTH: usize = 4 * 25 + 15;

const OPEN: &[u8] = b"{\"challenges\":[";
const CLOSE: &[u8] = b"]}";

/// The response of a player without rows, and where in it each goal stands.
#[derive(Debug)]
pub struct Template {
    blank: Vec<u8>,
    challenges: Vec<ChallengeSpan>,
    goals: Vec<GoalSpan>,
    /// Indices of `goals`.
    by_id: HashMap<String, usize>,
}

#[derive(Debug)]
struct ChallengeSpan {
    /// From its brace to the bracket before its goals.
    head: Range<usize>,
    /// Indices of `goals`.
    goals: Range<usize>,
}

#[derive(Debug)]
struct GoalSpan {
    /// From its brace to the comma before its standing.
    head: Range<usize>,
    /// From that comma to its closing brace.
    standing: Range<usize>,
    kind: Kind,
    /// The goal itself where it has prerequisites: it may be locked or not, with or without a row.
    waiting: Option<Goal>,
}

impl Template {
    /// Serialises the catalogue for a player without rows.
    pub fn new(catalogue: &Catalogue) -> Result<Self, serde_json::Error> {
        let mut template = Self {
            blank: OPEN.to_vec(),
            challenges: Vec::new(),
            goals: Vec::new(),
            by_id: HashMap::new(),
        };
        for challenge in catalogue.challenges() {
            separate(&mut template.blank, template.challenges.is_empty());
            template.add(challenge)?;
        }
        template.blank.extend_from_slice(CLOSE);
        Ok(template)
    }

    fn add(&mut self, challenge: &Challenge) -> Result<(), serde_json::Error> {
        let mut head = append(&mut self.blank, &ChallengeView::new(challenge, Vec::new()))?;
        head.end -= CLOSE.len();
        self.blank.truncate(head.end);
        let first = self.goals.len();
        for goal in &challenge.goals {
            separate(&mut self.blank, self.goals.len() == first);
            // Locked as long as it waits for anything: nobody has a row yet.
            // Without a row it is the same on any day.
            let view = GoalView::new(challenge, goal, None, true, Instant::now());
            let whole = append(&mut self.blank, &view)?;
            let standing = whole.end - serde_json::to_vec(&view.standing)?.len();
            self.by_id.insert(goal.id.clone(), self.goals.len());
            self.goals.push(GoalSpan {
                head: whole.start..standing,
                standing: standing..whole.end,
                kind: goal.requirement.kind,
                waiting: (!goal.prerequisites.is_empty()).then(|| goal.clone()),
            });
        }
        self.blank.extend_from_slice(CLOSE);
        self.challenges.push(ChallengeSpan {
            head,
            goals: first..self.goals.len(),
        });
        Ok(())
    }

    /// The response with these rows, [as of](crate::standing::as_of) `now`, filled in.
    pub fn fill(&self, rows: &[Progress], now: Instant) -> Result<Vec<u8>, serde_json::Error> {
        let filling = Filling::new(self, rows, now);
        let mut body = Vec::with_capacity(self.blank.len() + rows.len() * GROWTH);
        let mut done = 0;
        for (index, goal) in self.goals.iter().enumerate() {
            if let Some(standing) = filling.standing(index) {
                body.extend_from_slice(&self.blank[done..goal.standing.start]);
                append_standing(&mut body, &standing)?;
                done = goal.standing.end;
            }
        }
        body.extend_from_slice(&self.blank[done..]);
        Ok(body)
    }

    /// The same, of the goals that can progress: those that are active and not locked.
    pub fn fill_active(
        &self,
        rows: &[Progress],
        now: Instant,
    ) -> Result<Vec<u8>, serde_json::Error> {
        let filling = Filling::new(self, rows, now);
        let mut body = OPEN.to_vec();
        for (position, challenge) in self.challenges.iter().enumerate() {
            separate(&mut body, position == 0);
            body.extend_from_slice(&self.blank[challenge.head.clone()]);
            let mut is_first = true;
            for index in challenge.goals.clone() {
                // Without a row a goal is not active.
                let standing = filling.standing(index).filter(Standing::can_progress);
                if let Some(standing) = standing {
                    separate(&mut body, is_first);
                    body.extend_from_slice(&self.blank[self.goals[index].head.clone()]);
                    append_standing(&mut body, &standing)?;
                    is_first = false;
                }
            }
            body.extend_from_slice(CLOSE);
        }
        body.extend_from_slice(CLOSE);
        Ok(body)
    }
}

/// One player's rows beside the goals of a template.
struct Filling<'a> {
    template: &'a Template,
    /// By index of the goal.
    rows: Vec<Option<&'a Progress>>,
    now: Instant,
}

impl<'a> Filling<'a> {
    fn new(template: &'a Template, rows: &'a [Progress], now: Instant) -> Self {
        let mut by_index = vec![None; template.goals.len()];
        for row in rows {
            // A goal that left the catalogue may have rows.
            if let Some(index) = template.by_id.get(&row.goal_id) {
                by_index[*index] = Some(row);
            }
        }
        Self {
            template,
            rows: by_index,
            now,
        }
    }

    /// What has to be filled in for a goal; absent where the template says it already.
    fn standing(&self, index: usize) -> Option<Standing> {
        let row = self.rows[index];
        let goal = &self.template.goals[index];
        let waiting = goal.waiting.as_ref();
        if row.is_none() && waiting.is_none() {
            return None;
        }
        let row_of = |id: &str| self.rows[*self.template.by_id.get(id)?];
        let locked = waiting.map(|goal| is_locked(goal, row_of, self.now));
        Some(Standing::new(goal.kind, row, locked, self.now))
    }
}

fn separate(body: &mut Vec<u8>, is_first: bool) {
    if !is_first {
        body.push(b',');
    }
}

fn append(body: &mut Vec<u8>, value: &impl Serialize) -> Result<Range<usize>, serde_json::Error> {
    let start = body.len();
    serde_json::to_writer(&mut *body, value)?;
    Ok(start..body.len())
}

/// Appends a standing as the rest of a goal: a comma stands where it has its own brace.
fn append_standing(body: &mut Vec<u8>, standing: &Standing) -> Result<(), serde_json::Error> {
    let written = append(body, standing)?;
    body[written.start] = b',';
    Ok(())
}
