//! Flame graphs with the table of their widest functions.

use super::words;
use crate::chart::{FlameChart, FlameChartBar, FlameColor, PACKAGE_COLORS};
use crate::document::figure::Figure;
use crate::document::table::{Cell, Column, Table};
use crate::language;
use crate::profile::{CallNode, FlameLayout, FlameWidth, ProfileReport};

/// Rows of the table below a flame graph.
const ROWS: usize = 25;

/// The calls of the newer side; the colour tells packages apart.
pub(super) fn of_new(report: &ProfileReport, title: &str, most: usize) -> Option<Figure> {
    let layout = FlameLayout::of(&report.tree, FlameWidth::New, most);
    let whole = report.tree.nodes.first()?.new;
    let note = |node: &CallNode| {
        format!(
            "{}{}, {}; by itself {}",
            words::value(report, node.new),
            words::per(report),
            language::share_of(node.new / whole),
            words::value(report, node.own_new),
        )
    };
    let color = |name: &str, _: &CallNode| FlameColor::Package(color_of(words::package(name)));
    let description = format!(
        "Every bar is a function, as wide as what was measured in it and in what it calls; below it stand the functions that it calls. Functions of one package have the same colour. {}",
        left_out(&layout)
    );
    figure(report, title, description, &layout, note, color)
}

/// The calls of both sides; the colour tells what changed.
pub(super) fn difference(report: &ProfileReport, title: &str, most: usize) -> Option<Figure> {
    let layout = FlameLayout::of(&report.tree, FlameWidth::Both, most);
    let note = |node: &CallNode| {
        format!(
            "{} -> {}{}, {}; by itself {}",
            words::value(report, node.base),
            words::value(report, node.new),
            words::per(report),
            words::difference(report, node.difference()),
            words::difference(report, node.own_new - node.own_base),
        )
    };
    let description = format!(
        "Every bar is a function, as wide as the mean of both sides. Orange costs more than before, blue less, grey the same; the deeper the colour, the larger the part of the bar that changed. Colours are no verdict: what is more than noise is in the tables. {}",
        left_out(&layout)
    );
    figure(report, title, description, &layout, note, |_, node| {
        change(node)
    })
}

fn left_out(layout: &FlameLayout) -> String {
    if layout.left_out == 0 {
        return "Every call is drawn.".to_owned();
    }
    format!(
        "Not drawn: {} too small to be seen, {} of the whole.",
        language::plural(layout.left_out, "call"),
        language::share_of(layout.left_out_share.min(1.0))
    )
}

fn figure(
    report: &ProfileReport,
    title: &str,
    description: String,
    layout: &FlameLayout,
    say: impl Fn(&CallNode) -> String,
    shade: impl Fn(&str, &CallNode) -> FlameColor,
) -> Option<Figure> {
    let tree = &report.tree;
    let mut bars = Vec::with_capacity(layout.bars.len());
    for bar in &layout.bars {
        let node = &tree.nodes[bar.node as usize];
        let (name, color) = if bar.node == 0 {
            ("everything", FlameColor::Plain)
        } else {
            let name = &*tree.name(bar.node).name;
            (name, shade(name, node))
        };
        bars.push(FlameChartBar {
            row: node.depth,
            from: bar.from,
            width: bar.width,
            name: name.to_owned(),
            note: say(node),
            color,
        });
    }
    // Without a single call there is nothing to be seen.
    (bars.len() > 1).then(|| Figure {
        id: String::new(),
        title: title.to_owned(),
        description,
        data: data(report, layout, title),
        drawing: FlameChart { bars }.draw(),
    })
}

/// The widest calls, each with its caller.
fn data(report: &ProfileReport, layout: &FlameLayout, title: &str) -> Table {
    let compared = report.base.is_some();
    let mut columns = vec![Column::words("Function")];
    if let Some(base) = &report.base {
        columns.push(Column::figure(&base.name));
    }
    columns.push(Column::figure(&report.new.name));
    columns.push(Column::words("Called by"));
    let mut table = Table::new(format!("The widest calls of: {title}"), columns);
    let mut bars: Vec<_> = layout.bars.iter().filter(|bar| bar.node != 0).collect();
    bars.sort_by(|a, b| b.width.total_cmp(&a.width));
    for bar in bars.into_iter().take(ROWS) {
        let node = &report.tree.nodes[bar.node as usize];
        let mut row = vec![Cell::code(&report.tree.name(bar.node).name)];
        if compared {
            row.push(Cell::text(words::value(report, node.base)));
        }
        row.push(Cell::text(words::value(report, node.new)));
        row.push(match node.parent {
            0 => Cell::faint("nothing"),
            caller => Cell::code(&report.tree.name(caller).name),
        });
        table.rows.push(row);
    }
    table
}

/// The same for all functions of a package, in every report.
fn color_of(package: &str) -> u8 {
    // FNV-1a: the standard hasher may change with the version of Rust.
    let hash = package
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    ((hash >> 32) % u64::from(PACKAGE_COLORS)) as u8
}

/// By the part of both values that is on one side only.
fn change(node: &CallNode) -> FlameColor {
    let part = node.difference() / node.width();
    let step = match part.abs() {
        part if part < 0.02 => return FlameColor::Plain,
        part if part < 0.1 => 1,
        part if part < 0.25 => 2,
        part if part < 0.6 => 3,
        _ => 4,
    };
    if part > 0.0 {
        FlameColor::More(step)
    } else {
        FlameColor::Less(step)
    }
}
