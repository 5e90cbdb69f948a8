//! Templates of a team in the place of those that brunt brings.

#![allow(clippy::unwrap_used)]

mod story;

use std::fs;

use brunt_report::document::build;
use brunt_report::render::{BUILT_IN, CONTEXT_VERSION, Templates, html};

/// What comes of the report with these files in the folder; `DIR` stands for it.
fn check(files: &[(&str, &str)], expected: Result<&[&str], &str>) {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    let document = build(&story::comparison());
    let rendered = Templates::read(dir.path()).and_then(|set| {
        let markdown = set.markdown(&document, "charts")?.text;
        Ok(set.html(&document)? + &markdown + &set.summary(&document)?)
    });
    match (rendered, expected) {
        (Ok(text), Ok(parts)) => {
            for part in parts {
                assert!(text.contains(part), "{part} is not in the report");
            }
        }
        (Err(error), Err(expected)) => {
            let error = error
                .to_string()
                .replace(&dir.path().display().to_string(), "DIR");
            assert!(error.contains(expected), "{error}");
        }
        (rendered, expected) => panic!("{rendered:?} instead of {expected:?}"),
    }
}

#[test]
fn a_file_takes_the_place_of_its_namesake() {
    check(
        &[("report.css", "body { color: rebeccapurple }")],
        Ok(&["rebeccapurple", "<section id=\"verdict\""]),
    );
    check(
        &[
            (
                "report.html",
                "{% include \"head.html\" %}<h1>{{ document.title }}</h1>{{ <grid table={document.sections[0].blocks[2].content} /> }}",
            ),
            ("head.html", "<p>Team, context {{ context_version }}</p>"),
        ],
        Ok(&[
            "<p>Team, context 1</p><h1>phase9 against phase8</h1>",
            "<table>",
        ]),
    );
    check(
        &[("report.md", "> internal\n\n{{ markdown }}")],
        Ok(&["> internal\n\n# phase9 against phase8"]),
    );
    check(
        &[("summary.md", "{{ markdown }}\n\nAsk the team.")],
        Ok(&["\n\nAsk the team.\n"]),
    );
}

#[test]
fn mistakes_name_file_and_line() {
    check(
        &[("report.html", "<p>\n{{ document.title \n</p>")],
        Err("DIR/report.html:3: "),
    );
    check(
        &[("report.html", "<p>\n\n{{ document.titel }}</p>")],
        Err("DIR/report.html:3: "),
    );
    check(
        &[("report.html", "{{ <grod table={1} /> }}")],
        Err("DIR/report.html:1: Unknown component `grod`"),
    );
    check(
        &[(
            "blocks.html",
            "{% component cell(cell) %}{% endcomponent cell %}",
        )],
        Err("built-in report.html:"),
    );
    check(
        &[("reprot.css", "")],
        Err("DIR/reprot.css: takes the place of nothing\nhint: brunt brings report.html"),
    );
    check(
        &[],
        Err("DIR: has no template in it\nhint: `brunt init --templates DIR`"),
    );
}

#[test]
fn what_brunt_brings_written_out_gives_the_same_report() {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in BUILT_IN {
        fs::write(dir.path().join(name), text).unwrap();
    }
    let document = build(&story::comparison());
    let set = Templates::read(dir.path()).unwrap();
    assert_eq!(set.html(&document).unwrap(), html(&document).unwrap());
}

#[test]
fn the_version_of_the_context_is_that_of_its_description() {
    let description = include_str!("../../docs/templates.md");
    assert!(description.contains(&format!("`context_version` is {CONTEXT_VERSION}")));
}
