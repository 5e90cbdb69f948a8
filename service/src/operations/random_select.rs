//! Gives a player goals of a challenge by lot.

use super::select::{Selected, write};
use super::{OperationError, find_challenge};
use crate::app::App;
use crate::catalogue::Goal;
use crate::instant::Instant;
use crate::standing::{as_of, is_locked};

/// How goals are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RandomSelect {
    /// So many, or as many as there are.
    pub count: u32,
    /// Whether all other goals of the challenge are switched off.
    #[serde(default)]
    pub replace_existing: bool,
    /// Whether goals that are active already are left out of the draw.
    #[serde(default)]
    pub exclude_active: bool,
}

/// Draws among the goals that are neither locked nor completed, and switches them on.
pub async fn random_select<'a>(
    app: &'a App,
    user: &str,
    challenge_id: &str,
    wanted: RandomSelect,
) -> Result<Selected<'a>, OperationError> {
    let challenge = find_challenge(app, challenge_id)?;
    if wanted.count == 0 {
        return Err(OperationError::Invalid("count must be 1 or more"));
    }
    let now = Instant::now();
    let rows = as_of(app.store.rows_of_user(user).await?, now);
    let row_of = |id: &str| rows.iter().find(|row| row.goal_id == id);
    let is_eligible = |goal: &&Goal| {
        let row = row_of(&goal.id);
        !row.is_some_and(|row| row.status.is_done() || wanted.exclude_active && row.is_active)
            && !is_locked(goal, row_of, now)
    };
    let eligible: Vec<&Goal> = challenge.goals.iter().filter(is_eligible).collect();
    let drawn = draw(eligible, wanted.count as usize, &mut fastrand::Rng::new());
    if drawn.is_empty() {
        return Err(OperationError::InsufficientGoals(challenge.id.clone()));
    }
    write(app, user, challenge, &drawn, wanted.replace_existing, now).await
}

/// `count` of the items, or all, each with the same chance; in the order in which they came.
fn draw<T>(mut items: Vec<T>, count: usize, rng: &mut fastrand::Rng) -> Vec<T> {
    // Selection sampling (Knuth, The Art of Computer Programming, volume 2, 3.4.2, algorithm S).
    let (mut left, mut wanted) = (items.len(), count.min(items.len()));
    items.retain(|_| {
        let taken = rng.usize(..left) < wanted;
        left -= 1;
        wanted -= usize::from(taken);
        taken
    });
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_takes_as_many_as_wanted_in_their_order() {
        let mut rng = fastrand::Rng::with_seed(1);
        for (items, count, expected) in
            [(10, 3, 3), (10, 10, 10), (10, 11, 10), (1, 1, 1), (0, 5, 0)]
        {
            let drawn = draw((0..items).collect(), count, &mut rng);
            assert_eq!(drawn.len(), expected, "{count} of {items}");
            assert!(drawn.is_sorted(), "{drawn:?}");
        }
    }

    #[test]
    fn every_item_has_the_same_chance() {
        let mut rng = fastrand::Rng::with_seed(1);
        let mut taken = [0_u32; 10];
        for _ in 0..10_000 {
            for item in draw((0..10).collect(), 3, &mut rng) {
                taken[item] += 1;
            }
        }
        // 3,000 each, with a standard deviation of 46.
        assert!(
            taken.iter().all(|n| (2_800..3_200).contains(n)),
            "{taken:?}"
        );
    }
}
