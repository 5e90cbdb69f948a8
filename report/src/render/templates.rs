//! The templates of reports: those that brunt brings, and those that a team puts in their place.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tera::{Context, ErrorKind, Kwargs, State, Tera};

use super::html::{escape, words};
use super::markdown::{MarkdownOutput, markdown, summary};
use super::note::note;
use crate::document::Document;
use crate::error::ReportError;

/// Version of what templates are given; it changes when something in it goes away or changes its
/// meaning, and not when something is added. Described in docs/templates.md.
pub const CONTEXT_VERSION: u32 = 1;

/// What brunt brings, by name. The page, its parts, and the two forms of Markdown are templates;
/// style sheet and scripts are taken as they are.
pub const BUILT_IN: [(&str, &str); 7] = [
    (PAGE, include_str!("../../templates/report.html")),
    ("blocks.html", include_str!("../../templates/blocks.html")),
    (STYLE, include_str!("../../templates/report.css")),
    (SCRIPT, include_str!("../../templates/report.js")),
    (FLAME_SCRIPT, include_str!("../../templates/flame.js")),
    (MARKDOWN, include_str!("../../templates/report.md")),
    (SUMMARY, include_str!("../../templates/summary.md")),
];

/// Everything in it is escaped that is not marked safe, because its name ends in `.html`: only the
/// style sheet, the scripts, charts and notes are, and charts and notes escape their own text.
const PAGE: &str = "report.html";
const STYLE: &str = "report.css";
const SCRIPT: &str = "report.js";
const FLAME_SCRIPT: &str = "flame.js";
const MARKDOWN: &str = "report.md";
const SUMMARY: &str = "summary.md";

/// A set of templates.
pub struct Templates {
    tera: Tera,
    /// Style sheet and scripts.
    plain: BTreeMap<String, String>,
    /// Where files came from that are not built in.
    folder: Option<PathBuf>,
}

impl Templates {
    /// Those that brunt brings.
    pub fn built_in() -> Result<Self, ReportError> {
        Self::of(
            BUILT_IN
                .map(|(name, text)| (name.to_owned(), text.to_owned()))
                .into(),
            None,
        )
    }

    /// Those that brunt brings, but for the files of `folder`, which take the places of their
    /// namesakes. Other `.html` and `.md` files of it may be included by them.
    pub fn read(folder: &Path) -> Result<Self, ReportError> {
        let wrong = |path: &Path, what: String| ReportError::Template {
            place: path.display().to_string(),
            what,
        };
        let mut files: BTreeMap<String, String> = BUILT_IN
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .into();
        let entries = fs::read_dir(folder).map_err(|e| wrong(folder, e.to_string()))?;
        let mut own = 0;
        for entry in entries {
            let path = entry.map_err(|e| wrong(folder, e.to_string()))?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.is_dir() || name.starts_with('.') {
                continue;
            }
            let is_template = has_extension(&name, &["html", "md"]);
            if !files.contains_key(&name) && !is_template {
                let known: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
                return Err(wrong(
                    &path,
                    format!(
                        "takes the place of nothing\nhint: brunt brings {}",
                        known.join(", ")
                    ),
                ));
            }
            let text = fs::read_to_string(&path).map_err(|e| wrong(&path, e.to_string()))?;
            files.insert(name, text);
            own += 1;
        }
        if own == 0 {
            return Err(wrong(
                folder,
                "has no template in it\nhint: `brunt init --templates DIR` writes those that brunt brings".to_owned(),
            ));
        }
        Self::of(files, Some(folder.to_owned()))
    }

    fn of(files: BTreeMap<String, String>, folder: Option<PathBuf>) -> Result<Self, ReportError> {
        let mut tera = Tera::new();
        tera.set_escape_fn(|text, out| out.write_all(escape(text).as_bytes()));
        tera.register_filter("words", words);
        tera.register_filter("note", |text: &str, _: Kwargs, _: &State<'_>| note(text));
        let (plain, templates): (BTreeMap<_, _>, BTreeMap<_, _>) = files
            .into_iter()
            .partition(|(name, _)| has_extension(name, &["css", "js"]));
        let mut set = Self {
            tera,
            plain,
            folder,
        };
        let added = set.tera.add_raw_templates(&templates);
        added.map_err(|error| set.error(&error))?;
        Ok(set)
    }

    /// `document` as one HTML file.
    pub fn html(&self, document: &Document) -> Result<String, ReportError> {
        let mut context = Self::context(document);
        context.insert("style", self.plain(STYLE));
        let figures = document.figures();
        let flames = figures.iter().any(|figure| figure.drawing.is_wide());
        let scripts = [Some(SCRIPT), flames.then_some(FLAME_SCRIPT)];
        let scripts = scripts.iter().flatten().map(|name| self.plain(name));
        context.insert("scripts", &scripts.collect::<Vec<_>>());
        let html = self.render(PAGE, &context)?;
        Ok(format!("{}\n", html.trim()))
    }

    /// `document` as Markdown whose charts lie in the directory `charts` beside it.
    pub fn markdown(
        &self,
        document: &Document,
        charts: &str,
    ) -> Result<MarkdownOutput, ReportError> {
        let mut out = markdown(document, charts);
        out.text = self.wrap(MARKDOWN, document, &out.text)?;
        Ok(out)
    }

    /// The verdict alone as Markdown.
    pub fn summary(&self, document: &Document) -> Result<String, ReportError> {
        self.wrap(SUMMARY, document, &summary(document))
    }

    fn wrap(&self, name: &str, document: &Document, text: &str) -> Result<String, ReportError> {
        let mut context = Self::context(document);
        context.insert("markdown", text.trim_end());
        let text = self.render(name, &context)?;
        Ok(format!("{}\n", text.trim_end()))
    }

    fn context(document: &Document) -> Context {
        #[derive(Serialize)]
        struct Given<'d> {
            context_version: u32,
            brunt_version: &'static str,
            document: &'d Document,
        }
        let given = Given {
            context_version: CONTEXT_VERSION,
            brunt_version: env!("CARGO_PKG_VERSION"),
            document,
        };
        // A structure of strings and numbers: it cannot fail to be one of values.
        Context::from_serialize(&given).unwrap_or_default()
    }

    fn plain(&self, name: &str) -> &str {
        self.plain.get(name).map_or("", |text| text.trim())
    }

    fn render(&self, name: &str, context: &Context) -> Result<String, ReportError> {
        let rendered = self.tera.render(name, context);
        rendered.map_err(|error| self.error(&error))
    }

    /// The file and line, and what is wrong there.
    fn error(&self, error: &tera::Error) -> ReportError {
        let found = match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => Some((
                report.filename().to_owned(),
                report.span().start_line.to_string(),
                report.message().to_owned(),
            )),
            ErrorKind::Msg(text) => located(text),
            _ => None,
        };
        let Some((name, line, message)) = found else {
            let place = self.folder.as_ref();
            return ReportError::Template {
                place: place.map_or("templates".to_owned(), |dir| dir.display().to_string()),
                what: error.to_string(),
            };
        };
        let own = self.folder.as_ref().map(|dir| dir.join(&name));
        let file = match own.filter(|path| path.is_file()) {
            Some(path) => path.display().to_string(),
            None => format!("built-in {name}"),
        };
        ReportError::Template {
            place: format!("{file}:{line}"),
            what: format!("{message}\nhint: docs/templates.md has what templates are given"),
        }
    }
}

fn has_extension(name: &str, known: &[&str]) -> bool {
    let extension = Path::new(name).extension();
    extension.is_some_and(|extension| known.iter().any(|one| extension == *one))
}

/// File, line and message of what tera tells of a name that does not exist: only as text,
/// `error: MESSAGE\n --> FILE:LINE:COLUMN\n…`.
fn located(text: &str) -> Option<(String, String, String)> {
    let (message, rest) = text.strip_prefix("error: ")?.split_once('\n')?;
    let place = rest.trim_start().strip_prefix("--> ")?.lines().next()?;
    let (place, _column) = place.rsplit_once(':')?;
    let (file, line) = place.rsplit_once(':')?;
    Some((file.to_owned(), line.to_owned(), message.to_owned()))
}
