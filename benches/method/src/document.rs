//! Figures inside a document, between two marks.

use std::path::Path;

use anyhow::{Context as _, bail};

/// Prints `text`, and puts it into the part `name` of the document `into`.
pub(crate) fn show(text: &str, name: &str, into: Option<&Path>) -> anyhow::Result<()> {
    println!("{text}");
    let Some(path) = into else {
        return Ok(());
    };
    let place = || path.display().to_string();
    let before = std::fs::read_to_string(path).with_context(place)?;
    let after = replaced(&before, name, text).with_context(place)?;
    std::fs::write(path, after).with_context(place)
}

fn replaced(document: &str, name: &str, text: &str) -> anyhow::Result<String> {
    let [begin, end] = ["begin", "end"].map(|mark| format!("<!-- {mark} {name} -->\n"));
    let (Some(from), Some(until)) = (document.find(&begin), document.find(&end)) else {
        bail!("there is no part {name:?}\nhint: write {begin}{end}");
    };
    let (head, tail) = (&document[..from + begin.len()], &document[until..]);
    Ok(format!("{head}\n{}\n\n{tail}", text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_part_is_replaced() {
        let document = "a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n";
        let after = replaced(document, "x", "new\n").unwrap();
        assert_eq!(after, "a\n<!-- begin x -->\n\nnew\n\n<!-- end x -->\nb\n");
        assert_eq!(replaced(&after, "x", "new").unwrap(), after);
        assert!(replaced(document, "y", "new").is_err());
    }
}
