//! Markup as far as these tests need it: tags that nest, ids, and which tags and attributes occur.

#![allow(dead_code, unreachable_pub, reason = "every test takes what it needs")]

use std::collections::BTreeSet;

use brunt_report::render::BUILT_IN;

const VOID: [&str; 3] = ["meta", "br", "!doctype"];

/// Tags and attributes of a page.
#[derive(Debug, Default)]
pub struct Page {
    ids: Vec<String>,
    targets: Vec<String>,
    tags: BTreeSet<String>,
    attributes: BTreeSet<String>,
}

/// Is it a script that brunt brings?
fn is_own(script: &str) -> bool {
    let mut own = BUILT_IN.iter().map(|(_, text)| text.trim());
    own.any(|text| text == script.trim())
}

impl Page {
    /// Fails where a tag does not nest or a quote does not end.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut page = Self::default();
        let mut open: Vec<String> = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find('<') {
            if rest[..at].contains('\u{0}') {
                return Err("a NUL in the text".to_owned());
            }
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('/') {
                let (name, tail) = after.split_once('>').ok_or("an end tag without end")?;
                let last = open.pop();
                if last.as_deref() != Some(name) {
                    return Err(format!("</{name}> closes {last:?}"));
                }
                rest = tail;
                continue;
            }
            let (name, closed, tail) = page.tag(rest)?;
            rest = tail;
            if name == "style" || name == "script" {
                let end = format!("</{name}>");
                let (text, _) = rest.split_once(&end).ok_or(format!("{name} without end"))?;
                if name == "script" && !is_own(text) {
                    return Err(format!("a script that is not brunt's: {text}"));
                }
                rest = &rest[text.len()..];
            }
            if !closed && !VOID.contains(&name.as_str()) {
                open.push(name);
            }
        }
        if open.is_empty() {
            Ok(page)
        } else {
            Err(format!("left open: {open:?}"))
        }
    }

    /// Reads a start tag after its `<`: its name, whether it closes itself, and what follows.
    fn tag<'t>(&mut self, text: &'t str) -> Result<(String, bool, &'t str), String> {
        let end = text
            .find(|c: char| c.is_whitespace() || c == '>' || c == '/')
            .ok_or("a tag without end")?;
        let name = text[..end].to_owned();
        self.tags.insert(name.clone());
        let mut rest = text[end..].trim_start();
        loop {
            if let Some(tail) = rest.strip_prefix("/>") {
                return Ok((name, true, tail));
            }
            if let Some(tail) = rest.strip_prefix('>') {
                return Ok((name, false, tail));
            }
            let end = rest
                .find(|c: char| c == '=' || c == '>' || c.is_whitespace())
                .ok_or("an attribute without end")?;
            let attribute = rest[..end].to_owned();
            rest = &rest[end..];
            if let Some(value) = rest.strip_prefix("=\"") {
                let (value, tail) = value.split_once('"').ok_or("a quote without end")?;
                if value.contains('<') {
                    return Err(format!("{attribute} of {name} holds a <: {value}"));
                }
                match attribute.as_str() {
                    "id" => self.ids.push(value.to_owned()),
                    "href" => self.targets.push(value.to_owned()),
                    "aria-labelledby" => {
                        let ids = value.split(' ').map(|id| format!("#{id}"));
                        self.targets.extend(ids);
                    }
                    _ => {}
                }
                rest = tail.trim_start();
            } else {
                rest = rest.trim_start();
            }
            self.attributes.insert(attribute);
        }
    }

    /// Ids are unique, and what is referred to exists.
    pub fn check_ids(&self) -> Result<(), String> {
        let unique: BTreeSet<&String> = self.ids.iter().collect();
        if unique.len() != self.ids.len() {
            return Err("an id occurs twice".to_owned());
        }
        for target in &self.targets {
            let id = target
                .strip_prefix('#')
                .ok_or(format!("a link to {target}"))?;
            if !self.ids.iter().any(|known| known == id) {
                return Err(format!("no such id: {id}"));
            }
        }
        Ok(())
    }

    /// No tag and no attribute occurs but those of the template.
    pub fn check_known(&self) -> Result<(), String> {
        let bad = |name: &&String| name.as_str() == "img" || name.contains('"');
        if let Some(tag) = self.tags.iter().find(bad) {
            return Err(format!("<{tag}>"));
        }
        match self.attributes.iter().find(|name| name.starts_with("on")) {
            Some(name) => Err(format!("attribute {name}")),
            None => Ok(()),
        }
    }
}
