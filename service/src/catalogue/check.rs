//! What challenges and goals say of each other: ids that stand twice, prerequisites that lead nowhere.

use std::collections::HashMap;

use toml::Spanned;

use super::mistakes::Found;
use super::read::{ReadChallenge, ReadGoal};

pub(super) fn check(challenges: &[ReadChallenge], found: &mut Found<'_>) {
    unique("challenge", challenges.iter().map(|c| c.id.as_ref()), found);
    let goals: Vec<&ReadGoal> = challenges.iter().flat_map(|c| &c.goals).collect();
    unique("goal", goals.iter().map(|goal| goal.id.as_ref()), found);
    prerequisites(&goals, found);
}

fn unique<'a>(
    kind: &str,
    ids: impl Iterator<Item = Option<&'a Spanned<String>>>,
    found: &mut Found<'_>,
) {
    let mut seen = HashMap::new();
    for id in ids.flatten() {
        let first = *seen.entry(id.get_ref()).or_insert(id.span().start);
        if first != id.span().start {
            let first = found.place(first);
            let what = format!("{kind} \"{}\" stands twice, first at {first}", id.get_ref());
            found.add(&id.span(), what);
        }
    }
}

fn prerequisites(goals: &[&ReadGoal], found: &mut Found<'_>) {
    let id_of = |goal: &ReadGoal| goal.id.as_ref().map_or("", |id| id.get_ref()).to_owned();
    let positions: HashMap<String, usize> = goals
        .iter()
        .enumerate()
        .map(|(position, goal)| (id_of(goal), position))
        .collect();
    let mut waits_for: Vec<Vec<usize>> = vec![Vec::new(); goals.len()];
    for (position, goal) in goals.iter().enumerate() {
        for id in &goal.prerequisites {
            let name = || format!("goal \"{}\": prerequisites", id_of(goal));
            match positions.get(id.get_ref()) {
                None => {
                    let what = format!("{}: there is no goal \"{}\"", name(), id.get_ref());
                    found.add(&id.span(), what);
                }
                Some(other) if waits_for[position].contains(other) => {
                    found.add(
                        &id.span(),
                        format!("{}: \"{}\" stands twice", name(), id.get_ref()),
                    );
                }
                Some(other) => waits_for[position].push(*other),
            }
        }
    }
    for cycle in cycles(&waits_for) {
        let ids: Vec<String> = cycle
            .iter()
            .chain(cycle.first())
            .map(|position| format!("\"{}\"", id_of(goals[*position])))
            .collect();
        let first = goals[cycle[0]];
        if let Some(id) = &first.id {
            let what = format!("prerequisites go round: {}", ids.join(" waits for "));
            found.add(&id.span(), what);
        }
    }
}

/// Rings of nodes that wait for each other; each begins with its lowest node.
///
/// Rings that share nodes are told one at a time.
fn cycles(waits_for: &[Vec<usize>]) -> Vec<Vec<usize>> {
    // Whoever waits only for nodes that come to an end comes to an end, too.
    let mut ends = vec![false; waits_for.len()];
    loop {
        let next = (0..waits_for.len())
            .find(|&node| !ends[node] && waits_for[node].iter().all(|&other| ends[other]));
        match next {
            Some(node) => ends[node] = true,
            None => break,
        }
    }
    let mut seen = ends.clone();
    let mut rings = Vec::new();
    for start in 0..waits_for.len() {
        let mut path = Vec::new();
        let mut node = start;
        while !seen[node] {
            seen[node] = true;
            path.push(node);
            // There is one: else the node would come to an end.
            if let Some(&next) = waits_for[node].iter().find(|&&other| !ends[other]) {
                node = next;
            }
        }
        if let Some(entry) = path.iter().position(|&on_path| on_path == node) {
            let mut ring = path.split_off(entry);
            let lowest = (0..ring.len()).min_by_key(|&i| ring[i]).unwrap_or(0);
            ring.rotate_left(lowest);
            rings.push(ring);
        }
    }
    rings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_found_once_and_what_waits_for_it_is_none() {
        let check = |waits_for: &[&[usize]], expected: &[&[usize]]| {
            let waits_for: Vec<Vec<usize>> = waits_for.iter().map(|w| w.to_vec()).collect();
            assert_eq!(cycles(&waits_for), expected, "{waits_for:?}");
        };
        check(&[], &[]);
        check(&[&[], &[0], &[0, 1]], &[]);
        check(&[&[0]], &[&[0]]);
        check(&[&[1], &[2], &[0]], &[&[0, 1, 2]]);
        check(&[&[1], &[2], &[1]], &[&[1, 2]]);
        check(&[&[2], &[0, 2], &[3], &[2]], &[&[2, 3]]);
        check(&[&[1], &[0], &[3], &[2], &[0, 2]], &[&[0, 1], &[2, 3]]);
        check(&[&[], &[0, 1]], &[&[1]]);
    }
}
