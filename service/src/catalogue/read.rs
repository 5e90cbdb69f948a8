//! Challenges and goals from their tables, each checked by itself.

use toml::Spanned;

use super::mistakes::Found;
use super::rotation;
use super::table::Table;
use super::{Challenge, Goal, Requirement, Reward};
use crate::rule::{Kind, LOGIN_STAT, MAX_PROGRESS};

/// A challenge of the file, as far as it could be read.
pub(super) struct ReadChallenge {
    pub(super) id: Option<Spanned<String>>,
    pub(super) goals: Vec<ReadGoal>,
    /// Without its goals; absent where a part of it could not be read.
    pub(super) challenge: Option<Challenge>,
}

/// A goal of the file, as far as it could be read.
pub(super) struct ReadGoal {
    pub(super) id: Option<Spanned<String>>,
    pub(super) prerequisites: Vec<Spanned<String>>,
    /// Absent where a part of it could not be read.
    pub(super) goal: Option<Goal>,
}

/// The namespace and the challenges of the whole file.
pub(super) fn file(
    mut root: Table<'_, '_>,
    found: &mut Found<'_>,
) -> (Option<String>, Vec<ReadChallenge>) {
    let namespace = root.required("namespace", found);
    if let Some(namespace) = &namespace {
        not_empty("namespace", namespace, found);
    }
    let challenges: Vec<_> = root
        .list("challenges", found)
        .iter()
        .enumerate()
        .filter_map(|(position, value)| {
            let table = Table::of(format!("challenge {}", position + 1), value, found)?;
            Some(challenge(table, found))
        })
        .collect();
    if challenges.is_empty() {
        found.add(&root.span, "there is no challenge");
    }
    root.deny_unknown(found);
    (namespace.map(Spanned::into_inner), challenges)
}

fn challenge(mut table: Table<'_, '_>, found: &mut Found<'_>) -> ReadChallenge {
    if let Some(id) = table.peek_id() {
        table.name = format!("challenge \"{id}\"");
    }
    let id = slug(&mut table, found);
    let name = table.required("name", found);
    let description = table.required("description", found);
    let rotation = match table.optional_table("rotation", found) {
        Some(table) => rotation::read(table, found).map(Some),
        None => Some(None),
    };
    let goals: Vec<_> = table
        .list("goals", found)
        .iter()
        .enumerate()
        .filter_map(|(position, value)| {
            let name = format!("{}: goal {}", table.name, position + 1);
            Some(goal(Table::of(name, value, found)?, found))
        })
        .collect();
    if goals.is_empty() {
        let span = id.as_ref().map_or(table.span.clone(), Spanned::span);
        found.add(&span, format!("{} has no goal", table.name));
    }
    table.deny_unknown(found);
    let challenge = || {
        Some(Challenge {
            id: id.as_ref()?.get_ref().clone(),
            name: name?.into_inner(),
            description: description?.into_inner(),
            rotation: rotation?,
            goals: Vec::new(),
        })
    };
    ReadChallenge {
        challenge: challenge(),
        id,
        goals,
    }
}

fn goal(mut table: Table<'_, '_>, found: &mut Found<'_>) -> ReadGoal {
    if let Some(id) = table.peek_id() {
        table.name = format!("goal \"{id}\"");
    }
    let id = slug(&mut table, found);
    let name = table.required("name", found);
    let description = table.required("description", found);
    let requirement = table.required_table("requirement", found);
    let requirement = requirement.and_then(|table| self::requirement(table, found));
    let reward = table.required_table("reward", found);
    let reward = reward.and_then(|table| self::reward(table, found));
    let default_assigned = table.optional("default_assigned", found);
    let prerequisites: Vec<Spanned<String>> = table.values("prerequisites", found);
    table.deny_unknown(found);
    let goal = || {
        Some(Goal {
            id: id.as_ref()?.get_ref().clone(),
            name: name?.into_inner(),
            description: description?.into_inner(),
            requirement: requirement?,
            reward: reward?,
            default_assigned: default_assigned.is_some_and(Spanned::into_inner),
            prerequisites: prerequisites
                .iter()
                .map(|id| id.get_ref().clone())
                .collect(),
        })
    };
    ReadGoal {
        goal: goal(),
        id,
        prerequisites,
    }
}

fn requirement(mut table: Table<'_, '_>, found: &mut Found<'_>) -> Option<Requirement> {
    let stat_code = table.required::<String>("stat_code", found);
    let kind = table.required::<Kind>("kind", found);
    let target = table.required::<i64>("target", found);
    let name = table.name.clone();
    table.deny_unknown(found);
    if let Some(stat_code) = &stat_code {
        not_empty(&format!("{name}: stat_code"), stat_code, found);
    }
    at_least_one(&name, "target", target.as_ref(), found);
    if let Some(target) = &target
        && *target.get_ref() > MAX_PROGRESS
    {
        let what =
            format!("{name}: target must be {MAX_PROGRESS} (2^53) or less: progress stops there");
        found.add(&target.span(), what);
    }
    let (stat_code, kind) = (stat_code?, kind?);
    if stat_code.get_ref() == LOGIN_STAT && *kind.get_ref() == Kind::Absolute {
        let what = format!("{name}: logins have no absolute value: use kind \"increment\"");
        found.add(&kind.span(), what);
    }
    Some(Requirement {
        stat_code: stat_code.into_inner(),
        kind: kind.into_inner(),
        target: target?.into_inner(),
    })
}

fn reward(mut table: Table<'_, '_>, found: &mut Found<'_>) -> Option<Reward> {
    let reward_id = table.required("reward_id", found);
    let kind = table.required("type", found);
    let quantity = table.required::<u32>("quantity", found);
    let name = table.name.clone();
    table.deny_unknown(found);
    if let Some(reward_id) = &reward_id {
        not_empty(&format!("{name}: reward_id"), reward_id, found);
    }
    at_least_one(&name, "quantity", quantity.as_ref(), found);
    Some(Reward {
        reward_id: reward_id?.into_inner(),
        kind: kind?.into_inner(),
        quantity: quantity?.into_inner(),
    })
}

fn slug(table: &mut Table<'_, '_>, found: &mut Found<'_>) -> Option<Spanned<String>> {
    let id = table.required::<String>("id", found)?;
    let is_slug = !id.get_ref().is_empty()
        && id
            .get_ref()
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !is_slug {
        let what = "id is no slug (lower-case letters, digits and hyphens)";
        found.add(&id.span(), format!("{}: {what}", table.name));
    }
    Some(id)
}

fn not_empty(what: &str, text: &Spanned<String>, found: &mut Found<'_>) {
    if text.get_ref().is_empty() {
        found.add(&text.span(), format!("{what} is empty"));
    }
}

fn at_least_one<N: Copy + Into<i64>>(
    table: &str,
    key: &str,
    number: Option<&Spanned<N>>,
    found: &mut Found<'_>,
) {
    if let Some(number) = number
        && (*number.get_ref()).into() < 1
    {
        found.add(&number.span(), format!("{table}: {key} must be 1 or more"));
    }
}
