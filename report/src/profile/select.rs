//! Which of a record's profiles is meant.

use super::captured::Captured;
use super::report::Subject;
use super::taken::Taken;

/// What is known of the profiles that are wanted; what is absent may be anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Which process.
    pub component: Option<String>,
    /// `cpu`, `heap`, `allocations`, `tasks` or `contention`; if absent `cpu` where there is one.
    pub kind: Option<String>,
    /// Slug of the stage.
    pub stage: Option<String>,
}

/// There is not one that fits, but none or several.
#[derive(Debug, thiserror::Error)]
pub enum SelectionError {
    /// None fits.
    #[error("the record holds no such profile\nhint: it holds {}", list(.0))]
    None(Vec<Subject>),
    /// It holds none at all, or none that can be read: file and reason.
    #[error("the record holds no profile that can be read{}", reasons(.0))]
    Empty(Vec<(String, String)>),
    /// More than one fits.
    #[error("several profiles of the record fit: {}\nhint: choose by --component, --kind and --stage", list(.0))]
    Several(Vec<Subject>),
}

impl Captured {
    /// The profiles that fit, if they are all of the same process, kind and stage.
    pub fn select(&self, wanted: &Selection) -> Result<(&Subject, &[Taken]), SelectionError> {
        let is = |wanted: &Option<String>, has: &String| wanted.as_ref().is_none_or(|w| w == has);
        let all = self.taken.iter();
        let mut fitting: Vec<_> = all
            .filter(|(subject, _)| {
                is(&wanted.component, &subject.component)
                    && is(&wanted.kind, &subject.kind)
                    && is(&wanted.stage, &subject.stage)
            })
            .collect();
        if wanted.kind.is_none() && fitting.iter().any(|(subject, _)| subject.kind == "cpu") {
            fitting.retain(|(subject, _)| subject.kind == "cpu");
        }
        match fitting[..] {
            [(subject, taken)] => Ok((subject, taken)),
            [] if self.taken.is_empty() => Err(SelectionError::Empty(self.damaged.clone())),
            [] => Err(SelectionError::None(self.taken.keys().cloned().collect())),
            _ => Err(SelectionError::Several(
                fitting
                    .into_iter()
                    .map(|(subject, _)| subject.clone())
                    .collect(),
            )),
        }
    }
}

fn list(subjects: &[Subject]) -> String {
    let words = subjects.iter().map(|subject| {
        let Subject {
            component,
            kind,
            stage,
        } = subject;
        format!("{component} {kind} {stage}")
    });
    words.collect::<Vec<_>>().join(", ")
}

fn reasons(damaged: &[(String, String)]) -> String {
    damaged.iter().fold(String::new(), |text, (file, reason)| {
        text + "\n" + file + ": " + reason
    })
}
