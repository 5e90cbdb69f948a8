//! The picture of a model.

use brunt_loadgen::{ActionProgress, Progress};
use brunt_report::language::{self, count, rate as per_second, span};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Block, Gauge, Paragraph, Row, Sparkline, Table};

use super::model::Model;

/// Rows of the delivered rate with its title.
const RATE_ROWS: u16 = 5;
const UNKNOWN: &str = "-";

pub(super) fn draw(frame: &mut Frame<'_>, model: &Model) {
    let rows = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(RATE_ROWS),
        Constraint::Min(3),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .split(frame.area());
    head(frame, rows[0], model);
    gauge(frame, rows[1], model);
    frame.render_widget(Paragraph::new(now(model)), rows[2]);
    rate(frame, rows[3], model);
    actions(frame, rows[4], model);
    frame.render_widget(Paragraph::new(failures(model)), rows[5]);
    frame.render_widget(Paragraph::new(generator(model)), rows[6]);
    let keys = if model.stopping {
        "stopping: waiting for what is in flight; again to give up"
    } else {
        "q or ctrl-c stops the run and keeps its record"
    };
    let keys = Line::styled(keys, Style::new().add_modifier(Modifier::DIM));
    frame.render_widget(keys, rows[7]);
}

fn head(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let name = format!("{} on {}", model.scenario, model.phase);
    frame.render_widget(Line::styled(name, bold), area);
    if let Some(stage) = model.stages.get(model.stage) {
        let stage = format!(
            "stage {} of {}: {}",
            model.stage + 1,
            model.stages.len(),
            stage.name
        );
        frame.render_widget(Line::from(stage).right_aligned(), area);
    }
}

fn gauge(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let (into, left) = (model.seconds_into(), model.seconds_left());
    let label = if left == 0 && into > 0 {
        "draining".to_owned()
    } else {
        let (left, all) = (seconds(left), seconds(model.seconds_left_in_all()));
        format!("{left} left in the stage, {all} in all")
    };
    let all = into + left;
    let ratio = if all == 0 {
        0.0
    } else {
        into as f64 / all as f64
    };
    frame.render_widget(Gauge::default().ratio(ratio).label(label), area);
}

fn now(model: &Model) -> String {
    let Some(last) = &model.last else {
        return "waiting for the first second".to_owned();
    };
    let failed = last.failed();
    format!(
        "{} of {} a second, {} in flight, {} waiting, {} failed",
        count(last.delivered),
        count(last.offered),
        count(last.in_flight),
        count(last.waiting),
        count(failed)
    )
}

fn rate(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let width = usize::from(area.width.saturating_sub(2));
    let mut shown: Vec<u64> = model.delivered.iter().take(width).copied().collect();
    shown.reverse();
    let most = shown.iter().max().copied().unwrap_or(0);
    let planned = model.planned();
    let planned = planned.map_or_else(String::new, |planned| {
        format!(", {} planned now", per_second(planned))
    });
    let title = format!(" delivered a second, at most {}{planned} ", count(most));
    let chart = Sparkline::default()
        .block(Block::bordered().title(title))
        .data(shown);
    frame.render_widget(chart, area);
}

/// A figure of an action: its head, its width, and what it is.
type Figure = (&'static str, u16, fn(&ActionProgress) -> String);

const OFFERED: Figure = ("offered/s", 9, |action| count(action.offered));
const DELIVERED: Figure = ("ok/s", 7, |action| count(action.delivered));
const P50: Figure = ("p50", 8, |action| {
    latency(action.response.map(|q| q.p50_us))
});
const P95: Figure = ("p95", 8, |action| {
    latency(action.response.map(|q| q.p95_us))
});
const P99: Figure = ("p99", 8, |action| {
    latency(action.response.map(|q| q.p99_us))
});
const FAILED: Figure = ("failed", 7, |action| count(action.totals.failed));

/// Figures for which there is room: one that is cut would be read as another.
fn figures(width: u16) -> &'static [Figure] {
    match width {
        72.. => &[OFFERED, DELIVERED, P50, P95, P99, FAILED],
        48.. => &[DELIVERED, P95, P99, FAILED],
        _ => &[P99, FAILED],
    }
}

fn actions(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let figures = figures(area.width);
    let named = |row: &ActionProgress| row.totals.action.clone();
    let actions = model.actions().map(|row| (named(row), row));
    let sessions = model.sessions();
    let sessions = sessions.map(|row| (format!("session {}", named(row)), row));
    let all: Vec<(String, &ActionProgress)> = actions.chain(sessions).collect();
    let room = usize::from(area.height.saturating_sub(1));
    // The last row says how many there was no room for.
    let shown = if all.len() > room {
        room.saturating_sub(1)
    } else {
        all.len()
    };
    let more = all.len() - shown;
    let shown = all.into_iter().take(shown);
    let mut rows: Vec<Row<'_>> = shown.map(|(name, a)| row(name, a, figures)).collect();
    if more > 0 {
        rows.push(Row::new([format!("and {more} more")]));
    }
    let widths = figures
        .iter()
        .map(|(_, width, _)| Constraint::Length(*width));
    let widths = std::iter::once(Constraint::Fill(1)).chain(widths);
    let heads = figures.iter().map(|(head, ..)| right(*head));
    let head = Row::new(std::iter::once(Line::from("action")).chain(heads))
        .style(Style::new().add_modifier(Modifier::UNDERLINED));
    frame.render_widget(Table::new(rows, widths).header(head), area);
}

fn row(name: String, action: &ActionProgress, figures: &[Figure]) -> Row<'static> {
    let figures = figures.iter().map(|(_, _, of)| right(of(action)));
    Row::new(std::iter::once(Line::from(name)).chain(figures))
}

fn right(text: impl Into<String>) -> Line<'static> {
    Line::from(text.into()).right_aligned()
}

fn latency(us: Option<u64>) -> String {
    us.map_or(UNKNOWN.to_owned(), |us| language::latency(us as f64))
}

fn failures(model: &Model) -> String {
    let kinds = model.failures();
    if kinds.is_empty() {
        return "failures   none".to_owned();
    }
    let kinds: Vec<String> = kinds
        .into_iter()
        .map(|(kind, n)| format!("{} {kind}", count(n)))
        .collect();
    format!("failures   {}", kinds.join(", "))
}

fn generator(model: &Model) -> String {
    let last = model.last.as_ref();
    let of = |part: fn(&Progress) -> Option<u64>| last.and_then(part);
    let lateness = latency(of(|last| last.lateness_p99_us));
    // A second of CPU time in a second is one core.
    let cpu = of(|last| last.cpu_us).map_or(UNKNOWN.to_owned(), |us| {
        format!("{} % of a core", us / 10_000)
    });
    format!("generator  lateness p99 {lateness}, cpu {cpu}")
}

fn seconds(seconds: u64) -> String {
    span(seconds * 1_000_000)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use brunt_loadgen::{Quantiles, StageTotals, Update};
    use brunt_record::ActionTotals;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::super::model::StageModel;
    use super::*;

    fn picture(model: &Model, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, model)).unwrap();
        terminal.backend().to_string()
    }

    fn model() -> Model {
        let stage = |name: &str, seconds| StageModel {
            name: name.to_owned(),
            seconds,
        };
        Model {
            scenario: "m3-short".to_owned(),
            phase: "phase9".to_owned(),
            stages: vec![stage("init", 10), stage("gameplay", 50)],
            ..Model::default()
        }
    }

    fn action(name: &str, delivered: u64, failures: &[(&str, u64)]) -> ActionProgress {
        let failures: BTreeMap<String, u64> = failures
            .iter()
            .map(|(kind, n)| ((*kind).to_owned(), *n))
            .collect();
        let failed = failures.values().sum();
        ActionProgress {
            stage: 1,
            offered: 210,
            delivered,
            in_flight: 3,
            waiting: 0,
            response: (delivered > 0).then_some(Quantiles {
                p50_us: 850,
                p95_us: 12_400,
                p99_us: 1_310_000,
            }),
            lateness: None,
            sent: 4_000,
            totals: ActionTotals {
                stage: "gameplay".to_owned(),
                action: name.to_owned(),
                offered: 4_210,
                ok: 3_990 - failed,
                failed,
                unsent: 0,
                failures,
            },
        }
    }

    fn under_way() -> Model {
        let mut model = model();
        model.update(&Update::Stage {
            index: 1,
            second: 11,
        });
        for second in 0..40 {
            model.update(&Update::Second(Progress {
                second,
                offered: 800,
                delivered: second * 20,
                in_flight: 12,
                waiting: 1_500,
                stages: vec![
                    StageTotals::default(),
                    StageTotals {
                        failed: 13,
                        ..StageTotals::default()
                    },
                ],
                actions: vec![
                    action("challenges", 208, &[("http-503", 12), ("timeout", 1)]),
                    action("set-active", 0, &[]),
                ],
                sessions: vec![action("player", 29, &[("step-claim", 2)])],
                lateness_p99_us: Some(420),
                cpu_us: Some(234_000),
                ..Progress::default()
            }));
        }
        model
    }

    #[test]
    fn before_the_first_second_nothing_is_made_up() {
        insta::assert_snapshot!(picture(&model(), 80, 16));
    }

    #[test]
    fn a_run_under_way() {
        insta::assert_snapshot!(picture(&under_way(), 80, 20));
    }

    #[test]
    fn a_small_terminal_says_what_it_leaves_out() {
        let mut model = under_way();
        let last = model.last.as_mut().unwrap();
        let extra = (0..5).map(|n| action(&format!("extra-{n}"), 1, &[]));
        last.actions.extend(extra);
        model.stopping = true;
        insta::assert_snapshot!(picture(&model, 60, 15));
        // None is too small to be drawn.
        picture(&model, 1, 1);
    }

    #[test]
    fn a_stage_whose_time_is_over_is_draining() {
        let mut model = under_way();
        model.last.as_mut().unwrap().second = 70;
        let picture = picture(&model, 80, 16);
        assert!(picture.contains("draining"), "{picture}");
    }
}
