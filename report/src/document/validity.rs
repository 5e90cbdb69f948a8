//! Can the runs be trusted, and did the service carry the load? Offered against delivered first.

use std::cmp::Ordering;

use super::block::{Block, Callout, Said, Section};
use super::figures;
use super::names::Names;
use super::pointers;
use super::table::{Cell, Column, Table};
use super::tone::Tone;
use super::verdict::aspect;
use crate::comparison::{
    Backlog, Comparison, Difference, Finding, LoadModel, RunState, RunValidity, Severity, Side,
    StageState, StageValidity,
};
use crate::language;

pub(super) fn section(comparison: &Comparison, names: &Names) -> Section {
    let mut section = Section::new("validity", "Validity of both runs");
    section.table(stages(comparison, names));
    section
        .blocks
        .push(Block::Figures(figures::offered(comparison, names)));
    for side in Side::BOTH {
        findings(&mut section, comparison, names, side);
    }
    let differences = &comparison.comparable.differences;
    if differences.is_empty() {
        section.paragraph(same_load(comparison));
    }
    section.table(differing(differences, names));
    section
}

/// Of runs between which nothing was found to differ.
fn same_load(comparison: &Comparison) -> &'static str {
    let noted = |side| comparison.runs.get(side).scenario.data.is_some();
    if Side::BOTH.into_iter().all(noted) {
        "Both runs were given the same load: plan, mix, rates, durations, data and seed agree."
    } else {
        "Both runs were given the same load: plan, mix, rates, durations and seed agree. What stood in the files that requests are made of was not recorded."
    }
}

fn stages(comparison: &Comparison, names: &Names) -> Table {
    let mut table = Table::new(
        "Offered against delivered, by stage and run",
        vec![
            Column::words("Stage"),
            Column::words("Run"),
            Column::figure("Offered"),
            Column::figure("Delivered"),
            Column::figure("Answered"),
            Column::figure("Generator late, p99"),
            Column::figure("Host busy"),
            Column::verdict("State"),
        ],
    );
    let order = comparison.validity.a.stages.iter();
    let only_b = comparison.validity.b.stages.iter().filter(|stage| {
        let mut of_a = comparison.validity.a.stages.iter();
        !of_a.any(|a| a.stage == stage.stage)
    });
    for name in order.chain(only_b).map(|stage| &stage.stage) {
        for side in Side::BOTH {
            let stages = &comparison.validity.get(side).stages;
            let mut spans = comparison.series.get(side).stages.iter();
            let warmed = spans.any(|s| s.stage == *name && s.judged_from_s > s.started_s);
            if let Some(stage) = stages.iter().find(|stage| stage.stage == *name) {
                table
                    .rows
                    .push(stage_row(stage, names.heading(side), warmed));
            }
        }
    }
    table
}

/// `warmed`: has it a warm-up, which is counted and not judged?
fn stage_row(stage: &StageValidity, run: &str, warmed: bool) -> Vec<Cell> {
    let absent = || Cell::faint(language::NOT_MEASURED);
    let share = |share: Option<f64>| {
        share.map_or_else(absent, |share| Cell::text(language::share_of(share)))
    };
    let offered = stage.counts.map_or_else(absent, |counts| {
        let planned = stage.planned.filter(|planned| *planned != counts.offered);
        let planned = match stage.model {
            LoadModel::Open => {
                planned.map(|planned| format!("of {} planned", language::count(planned)))
            }
            LoadModel::Closed => Some("as users came round".to_owned()),
            LoadModel::Mixed => Some("some as users came round".to_owned()),
        };
        Cell::text(language::count(counts.offered)).with_note(planned)
    });
    let delivered = share(stage.delivered).with_note(
        stage
            .counts
            .filter(|counts| counts.unsent > 0)
            .map(|counts| format!("{} unsent", language::count(counts.unsent))),
    );
    let answered = share(stage.answered).with_note(answered_note(stage, warmed));
    let tone = match stage.state {
        StageState::Valid => Tone::Good,
        _ => Tone::Bad,
    };
    let saturated = (!stage.saturated.is_empty()).then(|| {
        format!(
            "every place in flight taken: {}",
            stage.saturated.join(", ")
        )
    });
    vec![
        Cell::text(&stage.stage).with_note((!stage.judged).then(|| "preparation".to_owned())),
        Cell::text(run),
        offered,
        of_open(stage.model, delivered, Some("no rate")),
        of_open(stage.model, answered, None),
        of_open(
            stage.model,
            stage.lateness.map_or_else(absent, |lateness| {
                Cell::text(language::latency(lateness.p99_us as f64))
            }),
            Some("no due times"),
        ),
        stage
            .host_busy
            .map_or_else(absent, |busy| Cell::text(language::percent(busy))),
        Cell::toned(state(stage.state), tone).with_note(saturated),
    ]
}

/// Of which part it is, what failed in all of it, and what was answered late.
fn answered_note(stage: &StageValidity, warmed: bool) -> Option<String> {
    let of_all = stage.counts.and_then(|counts| counts.answered());
    let part = (warmed && of_all != stage.answered).then(|| "after the warm-up".to_owned());
    let failed = stage.counts.filter(|counts| counts.failed > 0);
    let failed = failed.map(|counts| format!("{} failed", language::count(counts.failed)));
    let while_due = stage.backlog.as_ref().map(while_due);
    let notes: Vec<String> = [part, failed, while_due].into_iter().flatten().collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}

/// A figure of the open streams; `closed` stands where there are none, if they alone have it.
fn of_open(model: LoadModel, cell: Cell, closed: Option<&str>) -> Cell {
    const OPEN: &str = "open streams";
    match (model, closed) {
        (LoadModel::Closed, Some(words)) => Cell::faint(words),
        (LoadModel::Mixed, _) => {
            let note = cell
                .note
                .as_ref()
                .map_or_else(|| OPEN.to_owned(), |note| format!("{OPEN}; {note}"));
            cell.with_note(Some(note))
        }
        _ => cell,
    }
}

fn findings(section: &mut Section, comparison: &Comparison, names: &Names, side: Side) {
    let validity = comparison.validity.get(side);
    let name = names.short(side);
    let claims = told(&validity.findings).into_iter();
    section.claims.extend(claims.map(|told| told.claim(side)));
    match callout(validity, name) {
        Some(callout) => section.blocks.push(callout),
        None => section.paragraph(format!(
            "{name}: {}, without a warning.",
            run_state(validity.state)
        )),
    }
}

/// What was found in a run; none where nothing was.
pub(super) fn callout(validity: &RunValidity, name: &str) -> Option<Block> {
    let found = !validity.findings.is_empty();
    found.then(|| {
        Block::Callout(Callout {
            tone: match validity.state {
                RunState::Valid | RunState::Overloaded => Tone::Care,
                RunState::Invalid => Tone::Bad,
            },
            title: format!("{name}: {}", run_state(validity.state)),
            lines: told(&validity.findings)
                .into_iter()
                .map(|told| format!("{}: {}", severity(told.severity), told.text))
                .collect(),
        })
    })
}

fn run_state(state: RunState) -> &'static str {
    match state {
        RunState::Valid => "valid",
        RunState::Overloaded => "valid; the service was overloaded",
        RunState::Invalid => "invalid",
    }
}

/// A stage in one word.
pub(super) fn state(state: StageState) -> &'static str {
    match state {
        StageState::Valid => "valid",
        StageState::Overloaded => "overloaded",
        StageState::Invalid => "invalid",
        StageState::CutShort => "cut short",
        StageState::NeverRan => "never ran",
    }
}

/// What was answered before the arrivals that had piled up were: `45 % while due`.
pub(super) fn while_due(backlog: &Backlog) -> String {
    format!("{} while due", language::percent(backlog.answered))
}

/// A finding in words.
pub(super) struct Told {
    pub(super) severity: Severity,
    pub(super) text: String,
    /// Which of the findings it is, and those that it speaks for.
    of: Vec<usize>,
}

impl Told {
    /// Which of the findings it tells of.
    pub(super) fn indices(&self) -> &[usize] {
        &self.of
    }

    /// Where the findings stand that it tells of.
    pub(super) fn pointers(&self, side: Side) -> Vec<String> {
        self.of
            .iter()
            .map(|i| pointers::finding(side, *i))
            .collect()
    }

    /// What it says of the run of that side.
    pub(super) fn claim(self, side: Side) -> Said {
        let pointers = self.pointers(side);
        Said::new(self.text, pointers)
    }
}

/// The findings in words. Of a stage's warnings about lateness the gravest speaks for all.
pub(super) fn told(findings: &[Finding]) -> Vec<Told> {
    let share = |finding: &Finding| match finding {
        Finding::Late {
            stage,
            lateness_p99_us,
            value_us,
            fault: false,
            ..
        } => Some((stage.clone(), *lateness_p99_us as f64 / value_us)),
        _ => None,
    };
    let mut lines = Vec::new();
    for (i, finding) in findings.iter().enumerate() {
        let mut text = finding.to_string();
        let mut of = vec![i];
        if let Some((stage, late)) = share(finding) {
            let same = findings.iter().enumerate().filter_map(|(j, other)| {
                let (of, late) = share(other)?;
                (j != i && of == stage).then_some((j, late))
            });
            let others: Vec<(usize, f64)> = same.collect();
            // Of two equals the first.
            let graver = |(j, l): &(usize, f64)| match l.total_cmp(&late) {
                Ordering::Equal => *j < i,
                order => order.is_gt(),
            };
            if others.iter().any(graver) {
                continue;
            }
            of.extend(others.iter().map(|(j, _)| *j));
            if !others.is_empty() {
                let others = language::plural(others.len() as u64, "other action");
                text = format!("{text} So it did, by less, for {others} of the stage.");
            }
        }
        lines.push(Told {
            severity: finding.severity(),
            text,
            of,
        });
    }
    lines
}

pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Fault => "Fault",
        Severity::Overload => "Overload",
        Severity::Warning => "Warning",
    }
}

fn differing(differences: &[Difference], names: &Names) -> Table {
    let mut table = Table::new(
        "What differs between the runs",
        vec![
            Column::words("What"),
            Column::words(names.heading(Side::A)),
            Column::words(names.heading(Side::B)),
            Column::verdict("Consequence"),
        ],
    );
    table.rows = differences
        .iter()
        .map(|difference| {
            vec![
                Cell::text(aspect(&difference.what.to_string())),
                Cell::text(&difference.a),
                Cell::text(&difference.b),
                if difference.forbids {
                    Cell::toned("forbids judging", Tone::Bad)
                } else {
                    Cell::text("noted")
                },
            ]
        })
        .collect();
    table
}
