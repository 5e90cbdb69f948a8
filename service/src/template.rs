//! The response with all goals, serialised once, for a player's own standings to be put into.
//!
//! Nine tenths of the response are the same for everybody. The rest is spelt by the same [`Standing`]
//! as in the response that is serialised from scratch, so that both are equal byte by byte.

use std::collections::HashMap;
use std::ops::Range;

use bytes::Bytes;
use serde::Serialize;

use crate::catalogue::{Catalogue, Challenge, Goal};
use crate::instant::Instant;
use crate::pieces::Pieces;
use crate::progress::Progress;
use crate::rule::Kind;
use crate::standing::is_locked;
use crate::view::{ChallengeView, GoalView, Standing};

/// Room for a standing: four instants, a long progress, and the status of its reward.
const STANDING: usize = 320;

const OPEN: &[u8] = b"{\"challenges\":[";
const CLOSE: &[u8] = b"]}";

/// The response of a player without rows, and where in it each goal stands.
#[derive(Debug)]
pub struct Template {
    blank: Bytes,
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
        let mut blank = OPEN.to_vec();
        let mut template = Self {
            blank: Bytes::new(),
            challenges: Vec::new(),
            goals: Vec::new(),
            by_id: HashMap::new(),
        };
        for challenge in catalogue.challenges() {
            separate(&mut blank, template.challenges.is_empty());
            template.add(challenge, &mut blank)?;
        }
        blank.extend_from_slice(CLOSE);
        template.blank = blank.into();
        Ok(template)
    }

    fn add(&mut self, challenge: &Challenge, blank: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        let mut head = append(blank, &ChallengeView::new(challenge, Vec::new()))?;
        head.end -= CLOSE.len();
        blank.truncate(head.end);
        let first = self.goals.len();
        for goal in &challenge.goals {
            separate(blank, self.goals.len() == first);
            // Locked as long as it waits for anything: nobody has a row yet.
            // Without a row it is the same on any day.
            let view = GoalView::new(challenge, goal, None, true, Instant::now());
            let whole = append(blank, &view)?;
            let standing = whole.end - serde_json::to_vec(&view.standing)?.len();
            self.by_id.insert(goal.id.clone(), self.goals.len());
            self.goals.push(GoalSpan {
                head: whole.start..standing,
                standing: standing..whole.end,
                kind: goal.requirement.kind,
                waiting: (!goal.prerequisites.is_empty()).then(|| goal.clone()),
            });
        }
        blank.extend_from_slice(CLOSE);
        self.challenges.push(ChallengeSpan {
            head,
            goals: first..self.goals.len(),
        });
        Ok(())
    }

    /// The response with these rows, [as of](crate::standing::as_of) `now`, filled in. What is the same for
    /// everybody is not copied.
    pub fn fill(&self, rows: &[Progress], now: Instant) -> Result<Pieces, serde_json::Error> {
        let filling = Filling::new(self, rows, now);
        let mut own = Vec::with_capacity(rows.len() * STANDING);
        // Where each standing is in `own`, and where in `blank` it goes.
        let mut filled = Vec::with_capacity(rows.len());
        for (index, goal) in self.goals.iter().enumerate() {
            if let Some(standing) = filling.standing(index) {
                let written = append_standing(&mut own, &standing)?;
                filled.push((written, goal.standing.clone()));
            }
        }
        let own = Bytes::from(own);
        let mut done = 0;
        let mut pieces = Vec::with_capacity(2 * filled.len() + 1);
        for (written, place) in filled {
            pieces.push(self.blank.slice(done..place.start));
            pieces.push(own.slice(written));
            done = place.end;
        }
        pieces.push(self.blank.slice(done..));
        Ok(pieces.into_iter().collect())
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
fn append_standing(
    body: &mut Vec<u8>,
    standing: &Standing,
) -> Result<Range<usize>, serde_json::Error> {
    let written = append(body, standing)?;
    body[written.start] = b',';
    Ok(written)
}
