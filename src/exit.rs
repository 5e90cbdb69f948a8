//! Exit codes: 0 done, 1 a gate rule failed or a threshold ended the run, 2 could not be carried
//! out, 3 no verdict, 130 interrupted.

use std::process::ExitCode;

use brunt_record::Ending;

/// How the command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, or the gate passed.
    Done,
    /// A rule of the gate failed, or an audit found something.
    RuleFailed,
    /// A threshold of the scenario ended the run; a partial record is kept.
    Aborted,
    /// Usage, configuration, I/O, or a target that is down.
    NotCarriedOut,
    /// Invalid, not comparable or inconclusive.
    NoVerdict,
    /// Stopped by a signal; a partial record is kept.
    Interrupted,
}

impl Exit {
    /// The exit of a run that ended so.
    pub(crate) fn of_run(ending: Ending) -> Self {
        match ending {
            Ending::Complete => Self::Done,
            Ending::Aborted => Self::Aborted,
            Ending::Interrupted | Ending::Running => Self::Interrupted,
        }
    }

    /// The exit of a verb; an error is told on stderr.
    pub(crate) fn of(result: anyhow::Result<Self>) -> Self {
        result.unwrap_or_else(|error| {
            if is_broken_pipe(&error) {
                // Whoever reads has seen enough: `brunt compare … | head` is no failure.
                return Self::Done;
            }
            tell(&error);
            Self::NotCarriedOut
        })
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::RuleFailed | Exit::Aborted => 1,
            Exit::NotCarriedOut => 2,
            Exit::NoVerdict => 3,
            Exit::Interrupted => 130,
        })
    }
}

#[expect(clippy::print_stderr, reason = "the last word of a failed command")]
fn tell(error: &anyhow::Error) {
    eprintln!("error: {}", text(error));
}

/// The error and its causes; many errors say their cause themselves.
fn text(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

#[cfg(test)]
mod tests {
    use anyhow::Error;

    use super::text;

    #[test]
    fn every_cause_is_said_once() {
        let gone = || Error::from(std::io::Error::other("gone"));
        let named = gone().context("load.toml: gone\nhint: look again");
        assert_eq!(text(&named), "load.toml: gone\nhint: look again");
        assert_eq!(text(&gone().context("load.toml")), "load.toml: gone");
    }
}
