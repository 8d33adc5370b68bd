use std::fmt::Write;

use serde_json::Value;

/// A plan that was executed, as `auto_explain` gives it.
pub(super) struct Plan(Value);

impl Plan {
    pub(super) fn new(plan: Value) -> Self {
        Self(plan)
    }

    /// Blocks found in shared buffers, and blocks that had to be read.
    pub(super) fn buffers(&self) -> (u64, u64) {
        (number(&self.0, "Shared Hit Blocks"), number(&self.0, "Shared Read Blocks"))
    }

    /// How many rows it gave.
    pub(super) fn rows(&self) -> u64 {
        number(&self.0, "Actual Rows")
    }

    /// What it does, and with which tables.
    pub(super) fn name(&self) -> String {
        let mut relations = Vec::new();
        relations_of(&self.0, &mut relations);
        let locks = if contains(&self.0, "LockRows") { ", locked" } else { "" };
        let verb = match word(&self.0, "Operation") {
            "" => "read",
            operation => operation,
        };
        let tables = if relations.is_empty() { "no table".to_owned() } else { relations.join(", ") };
        format!("{}: {tables}{locks}", verb.to_lowercase())
    }

    /// The tree, one node a line, with the rows that each gave.
    pub(super) fn tree(&self) -> String {
        let mut tree = String::new();
        draw(&self.0, 2, &mut tree, &figures);
        tree
    }

    /// The tree without what was counted.
    pub(super) fn shape(&self) -> String {
        let mut shape = String::new();
        draw(&self.0, 2, &mut shape, &|_| String::new());
        shape
    }
}

fn word<'n>(node: &'n Value, name: &str) -> &'n str {
    node.get(name).and_then(Value::as_str).unwrap_or("")
}

fn number(node: &Value, name: &str) -> u64 {
    node.get(name).and_then(Value::as_u64).unwrap_or(0)
}

fn children(node: &Value) -> impl Iterator<Item = &Value> {
    node.get("Plans").and_then(Value::as_array).into_iter().flatten()
}

fn contains(node: &Value, kind: &str) -> bool {
    word(node, "Node Type") == kind || children(node).any(|child| contains(child, kind))
}

fn relations_of<'n>(node: &'n Value, relations: &mut Vec<&'n str>) {
    let relation = word(node, "Relation Name");
    if !relation.is_empty() && !relations.contains(&relation) {
        relations.push(relation);
    }
    for child in children(node) {
        relations_of(child, relations);
    }
}

fn draw(node: &Value, depth: usize, tree: &mut String, figures: &dyn Fn(&Value) -> String) {
    let (relation, index) = (word(node, "Relation Name"), word(node, "Index Name"));
    let using = if index.is_empty() { String::new() } else { format!(" using {index}") };
    let on = if relation.is_empty() { String::new() } else { format!(" on {relation}") };
    let (kind, figures_here) = (word(node, "Node Type"), figures(node));
    // Writing to a string cannot fail.
    let _ = writeln!(tree, "{:indent$}{kind}{using}{on}{figures_here}", "", indent = depth * 2);
    for child in children(node) {
        draw(child, depth + 1, tree, figures);
    }
}

fn figures(node: &Value) -> String {
    let gone = match number(node, "Rows Removed by Filter") {
        0 => String::new(),
        rows => format!(", {rows} filtered out"),
    };
    let (rows, loops) = (number(node, "Actual Rows"), number(node, "Actual Loops"));
    let (hit, read) = (number(node, "Shared Hit Blocks"), number(node, "Shared Read Blocks"));
    format!(" (rows {rows}{gone}, loops {loops}, buffers hit {hit}, read {read})")
}
