//! One tree of calls with the values of both sides, for flame graphs.

use std::collections::HashMap;

use super::model::Function;

/// Calls, from the outermost ones inwards. A parent comes before what it calls.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CallTree {
    /// Every function in it.
    pub functions: Vec<Function>,
    /// Every call; the first is the whole, and no function.
    pub nodes: Vec<CallNode>,
}

/// A function, called in one way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CallNode {
    /// Position in [`CallTree::functions`]; without a meaning in the whole.
    pub function: u32,
    /// Position of the caller; the whole is its own.
    pub parent: u32,
    /// Callers above it.
    pub depth: u32,
    /// With what it calls, on the older side.
    pub base: f64,
    /// The same on the newer side.
    pub new: f64,
    /// By itself, on the older side.
    pub own_base: f64,
    /// The same on the newer side.
    pub own_new: f64,
}

impl CallNode {
    /// What it takes of a flame graph.
    pub fn width(&self) -> f64 {
        self.base + self.new
    }

    /// From what it was on the older side.
    pub fn difference(&self) -> f64 {
        self.new - self.base
    }
}

/// A tree that grows stack by stack.
pub(super) struct Growing {
    nodes: Vec<CallNode>,
    calls: HashMap<(u32, u32), u32>,
}

impl Growing {
    pub(super) fn new() -> Self {
        Self {
            nodes: vec![CallNode::default()],
            calls: HashMap::new(),
        }
    }

    /// Adds the values of a stack, the outermost function first.
    pub(super) fn add(&mut self, stack: impl Iterator<Item = usize>, base: f64, new: f64) {
        let mut at = 0;
        self.count(at, base, new);
        for function in stack {
            at = self.call(at, function as u32);
            self.count(at, base, new);
        }
        let leaf = &mut self.nodes[at as usize];
        leaf.own_base += base;
        leaf.own_new += new;
    }

    fn count(&mut self, at: u32, base: f64, new: f64) {
        let node = &mut self.nodes[at as usize];
        node.base += base;
        node.new += new;
    }

    fn call(&mut self, parent: u32, function: u32) -> u32 {
        let new = self.nodes.len() as u32;
        let node = *self.calls.entry((parent, function)).or_insert(new);
        if node == new {
            self.nodes.push(CallNode {
                function,
                parent,
                depth: self.nodes[parent as usize].depth + 1,
                ..CallNode::default()
            });
        }
        node
    }

    pub(super) fn grown(self, functions: &[&Function]) -> CallTree {
        CallTree {
            functions: functions.iter().map(|f| (*f).clone()).collect(),
            nodes: self.nodes,
        }
    }
}

impl CallTree {
    /// The positions of what every node calls, in the order of their names.
    pub fn callees(&self) -> Vec<Vec<u32>> {
        let mut callees = vec![Vec::new(); self.nodes.len()];
        for (i, node) in self.nodes.iter().enumerate().skip(1) {
            callees[node.parent as usize].push(i as u32);
        }
        for of in &mut callees {
            of.sort_by_key(|node| &self.name(*node).name);
        }
        callees
    }

    /// The function of a node.
    pub fn name(&self, node: u32) -> &Function {
        &self.functions[self.nodes[node as usize].function as usize]
    }

    /// Of every node, is its function among its own callers?
    pub(super) fn recursive(&self) -> Vec<bool> {
        let callees = self.callees();
        let mut recursive = vec![false; self.nodes.len()];
        // How often each function is on the way to the node that is looked at.
        let mut above = vec![0_u32; self.functions.len()];
        let mut path: Vec<(u32, usize)> = vec![(0, 0)];
        while let Some((node, next)) = path.last_mut() {
            let function = self.nodes[*node as usize].function as usize;
            if let Some(callee) = callees[*node as usize].get(*next) {
                *next += 1;
                let called = self.nodes[*callee as usize].function as usize;
                recursive[*callee as usize] = above[called] > 0;
                above[called] += 1;
                path.push((*callee, 0));
            } else {
                if *node != 0 {
                    above[function] -= 1;
                }
                path.pop();
            }
        }
        recursive
    }
}
