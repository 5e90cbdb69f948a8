//! Where the calls of a tree stand in a flame graph.

use super::tree::CallTree;

/// The deepest call that is drawn.
const DEEPEST: u32 = 120;
/// A call with less than this share of the width is narrower than a line.
const NARROWEST: f64 = 0.000_5;

/// The calls of a tree that are wide enough to be seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FlameLayout {
    /// From the outermost ones inwards, the whole first.
    pub bars: Vec<FlameBar>,
    /// Calls that are too narrow or too deep, those that they call included.
    pub left_out: u64,
    /// Their share of the whole, 0 to 1.
    pub left_out_share: f64,
}

/// A call in a flame graph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlameBar {
    /// Position in [`CallTree::nodes`].
    pub node: u32,
    /// Its left edge, 0 to 1.
    pub from: f64,
    /// Its width, 0 to 1.
    pub width: f64,
}

/// What the width of a call stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlameWidth {
    /// Its value on the newer side.
    New,
    /// The mean of both sides: what is gone is still to be seen.
    Both,
}

impl FlameLayout {
    /// Of at most `most` calls, the widest ones.
    pub fn of(tree: &CallTree, width: FlameWidth, most: usize) -> Self {
        let value = |node: u32| {
            let node = &tree.nodes[node as usize];
            match width {
                FlameWidth::New => node.new,
                FlameWidth::Both => node.base + node.new,
            }
        };
        let mut layout = Self::default();
        if tree.nodes.is_empty() || value(0) <= 0.0 {
            return layout;
        }
        let whole = value(0);
        let narrowest = narrowest(tree, most, |node| value(node) / whole);
        let callees = tree.callees();
        // A parent comes before what it calls, so every bar finds its caller placed.
        let mut waiting = vec![FlameBar {
            node: 0,
            from: 0.0,
            width: 1.0,
        }];
        while let Some(bar) = waiting.pop() {
            let mut from = bar.from;
            for callee in &callees[bar.node as usize] {
                let share = value(*callee) / whole;
                let called = FlameBar {
                    node: *callee,
                    from,
                    width: share,
                };
                if share <= 0.0 {
                    continue;
                }
                from += share;
                if share > narrowest && tree.nodes[*callee as usize].depth <= DEEPEST {
                    waiting.push(called);
                } else {
                    layout.left_out_share += share;
                }
            }
            layout.bars.push(bar);
        }
        layout.bars.sort_by(|a, b| {
            let depth = |bar: &FlameBar| tree.nodes[bar.node as usize].depth;
            depth(a).cmp(&depth(b)).then(a.from.total_cmp(&b.from))
        });
        let seen = (0..tree.nodes.len() as u32).filter(|node| value(*node) > 0.0);
        layout.left_out = (seen.count() - layout.bars.len()) as u64;
        layout
    }
}

/// Calls up to this share are left out. None is narrower than what it calls, so what is left is still
/// a tree.
fn narrowest(tree: &CallTree, most: usize, share: impl Fn(u32) -> f64) -> f64 {
    let mut shares: Vec<f64> = (0..tree.nodes.len() as u32).map(share).collect();
    if shares.len() <= most {
        return NARROWEST;
    }
    shares.sort_by(|a, b| b.total_cmp(a));
    shares[most].max(NARROWEST)
}
