//! Tables of functions, moves and windows.

use super::words;
use crate::comparison::Side;
use crate::document::table::{Cell, Column, Table};
use crate::language;
use crate::profile::{Basis, Move, Part, ProfileReport, ProfileSide, percentage};

/// Functions as `go tool pprof -top` prints them.
pub(super) fn functions(report: &ProfileReport, most: usize) -> Table {
    let compared = report.base.is_some();
    let caption = if compared {
        "Functions by the difference of their own values, as go tool pprof -top -diff_base has them"
    } else {
        "Functions by their own values, as go tool pprof -top has them"
    };
    let mut columns = vec![
        Column::words("Function"),
        Column::figure("Flat"),
        Column::figure("Flat share"),
        Column::figure("Cumulative"),
        Column::figure("Cumulative share"),
    ];
    if compared {
        columns.push(Column::verdict("Flat, beyond noise?"));
    }
    let mut table = Table::new(caption, columns);
    let (top, scale) = (&report.top, report.top.scale());
    let rows = top.rows.iter().zip(&report.functions);
    for (row, judged) in rows.take(most) {
        let mut cells = vec![
            Cell::code(&row.function),
            Cell::text(scale.write(row.flat)),
            Cell::text(percentage(row.flat, top.total)),
            Cell::text(scale.write(row.cum)),
            Cell::text(percentage(row.cum, top.total)),
        ];
        if compared {
            cells.push(
                judged
                    .verdict
                    .map_or_else(|| Cell::faint("the same"), words::verdict),
            );
        }
        table.rows.push(cells);
    }
    table
}

/// What moved, the farthest first.
pub(super) fn moves(report: &ProfileReport, part: Part, most: usize) -> Table {
    let Some(base) = &report.base else {
        return Table::default();
    };
    let (moves, caption) = match part {
        Part::Own => (&report.moves, "What moved in functions themselves"),
        Part::WithCallees => (
            &report.moves_with_callees,
            "What moved in functions with what they call, without those that only pass it on",
        ),
    };
    let mut table = Table::new(
        match report.basis {
            Basis::PerRequest => format!("{caption}, per request"),
            Basis::Amount => caption.to_owned(),
            Basis::Share => format!("{caption}, in shares of the samples"),
        },
        vec![
            Column::words("Function"),
            Column::figure(&base.name),
            Column::figure(&report.new.name),
            Column::figure("Change"),
            Column::verdict("Verdict"),
        ],
    );
    for moved in moves.iter().take(most) {
        table.rows.push(vec![
            Cell::code(&moved.function).with_note(place(moved)),
            value(report, moved, Side::A),
            value(report, moved, Side::B),
            words::change(report, moved),
            words::verdict(moved.verdict),
        ]);
    }
    table
}

/// Where the function is, and who calls most of what moved.
fn place(moved: &Move) -> Option<String> {
    let caller = moved.caller.as_ref().map(|caller| {
        let share = language::percent(caller.share);
        format!("{share} of it called by {}", caller.function)
    });
    let file = Some(moved.file.clone()).filter(|file| !file.is_empty());
    match (file, caller) {
        (Some(file), Some(caller)) => Some(format!("{file}; {caller}")),
        (file, caller) => file.or(caller),
    }
}

fn value(report: &ProfileReport, moved: &Move, side: Side) -> Cell {
    let value = *moved.values.get(side);
    let share = language::share_of(*moved.shares.get(side));
    let seen = moved.observations.get(side).round() as u64;
    let seen = language::plural(seen, "sample");
    let note = match report.basis {
        Basis::Share => seen,
        Basis::PerRequest | Basis::Amount => format!("{share}, {seen}"),
    };
    Cell::text(words::value(report, value)).with_note(Some(note))
}

/// Every profile that the report rests on.
pub(super) fn windows(report: &ProfileReport) -> Table {
    let mut table = Table::new(
        "The profiles",
        vec![
            Column::words("Profile"),
            Column::figure("Length"),
            Column::figure("Measured"),
            Column::figure("Requests in it"),
            Column::words("Remarks"),
        ],
    );
    for side in report.base.iter().chain(Some(&report.new)) {
        side_windows(report, side, &mut table);
    }
    table
}

fn side_windows(report: &ProfileReport, side: &ProfileSide, table: &mut Table) {
    for window in &side.windows {
        let from = window.from_s.map(|from| {
            let from = language::seconds(from);
            format!("from second {from} of the run")
        });
        let absent = || Cell::faint(language::NOT_MEASURED);
        let length = window.took_s.map_or_else(
            || Cell::faint("a snapshot"),
            |took| Cell::text(language::duration(took * 1e6)),
        );
        let requests = window.requests.map_or_else(absent, |requests| {
            Cell::text(language::count(requests.round() as u64))
        });
        let mut remarks = Vec::new();
        if let (Some(took), Some(cores)) = (window.took_s, window.cores)
            && report.sample_type == "cpu"
        {
            let share = language::percent(window.total / 1e9 / took / cores);
            let capped = if window.capped { ", capped" } else { "" };
            let cores = language::mean(cores);
            remarks.push(format!("{share} of {cores} cores{capped}"));
        }
        if let Some(process_cpu_s) = window.process_cpu_s {
            let share = language::percent(window.total / 1e9 / process_cpu_s);
            remarks.push(format!(
                "samples show {share} of the CPU time of the process"
            ));
        }
        if let Some(unattributed_cpu_s) = window.unattributed_cpu_s
            && window.total > 0.0
        {
            let share = language::percent(unattributed_cpu_s / (window.total / 1e9));
            remarks.push(format!("{share} of the samples have no stack"));
        }
        remarks.extend(window.no_requests.map(|reason| reason.to_string()));
        table.rows.push(vec![
            Cell::text(&side.name).with_note(Some(match from {
                Some(from) => format!("{}, {from}", window.file),
                None => window.file.clone(),
            })),
            length,
            Cell::text(words::amount(report, window.total)),
            requests,
            Cell::text(remarks.join("; ")),
        ]);
    }
}
