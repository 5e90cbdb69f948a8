//! Every session of every judged stage: what a user waits for in one visit.

use super::actions::{overview, part};
use super::block::Section;
use super::names::Names;
use super::table::{Cell, Column, Table};
use crate::comparison::{Comparison, Side};
use crate::language;

/// Nothing where no judged stage has a session.
pub(super) fn section(comparison: &Comparison, names: &Names) -> Option<Section> {
    if comparison.sessions.is_empty() {
        return None;
    }
    let mut section = Section::new("sessions", "Comparison by session");
    section.paragraph(
        "A session is one user's way through several actions. Its response time is how long its user waited for the service: the response times of its requests together, without the pauses. It succeeds when every step does; its requests are counted with their actions, and only there.",
    );
    let title = "Every session at a glance: the change from A to B";
    section.table(overview(comparison, &comparison.sessions, title));
    section.table(requests(comparison, names));
    let rows = comparison.sessions.iter();
    section.sections = rows.map(|row| part(row, comparison, names)).collect();
    Some(section)
}

/// What the plans make sessions of.
fn requests(comparison: &Comparison, names: &Names) -> Table {
    let mut table = Table::new(
        "Requests of one session, in the mean",
        vec![
            Column::words("Session / action"),
            Column::figure(names.heading(Side::A)),
            Column::figure(names.heading(Side::B)),
        ],
    )
    .folded();
    let planned = |side: Side| {
        let sessions = comparison.runs.get(side).plan.sessions.iter();
        sessions.flat_map(|session| {
            let actions = session.actions.iter();
            actions.map(move |action| (format!("{} / {}", session.name, action.action), action))
        })
    };
    let mut known: Vec<String> = Vec::new();
    for (name, _) in planned(Side::A).chain(planned(Side::B)) {
        if !known.contains(&name) {
            known.push(name);
        }
    }
    for name in known {
        let cell = |side: Side| {
            let found = planned(side).find(|(known, _)| *known == name);
            found.map_or_else(
                || Cell::faint("absent"),
                |(_, action)| {
                    let mean = (action.mean * 1e3).round() / 1e3;
                    let most = format!("at most {}", language::count(action.most));
                    Cell::text(mean.to_string()).with_note(Some(most))
                },
            )
        };
        let (a, b) = (cell(Side::A), cell(Side::B));
        table.rows.push(vec![Cell::text(name), a, b]);
    }
    table
}
