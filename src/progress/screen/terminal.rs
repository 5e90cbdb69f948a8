//! The terminal as a full screen, and as it was before.

use std::io::{Stderr, stderr};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::Show;
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::{Frame, Terminal};

/// Is the terminal a full screen now?
static ENTERED: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

/// A full screen; the terminal is as it was when this is dropped.
pub(super) struct FullScreen {
    terminal: Terminal<CrosstermBackend<Stderr>>,
}

impl FullScreen {
    pub(super) fn enter() -> std::io::Result<Self> {
        HOOK.call_once(|| {
            // A panic must be told on the terminal as it was, whichever thread it is in.
            let told = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                restore();
                told(panic);
            }));
        });
        enable_raw_mode()?;
        ENTERED.store(true, Ordering::Release);
        // Stdout carries the product; the screen is for whoever sits there.
        let entered = execute!(stderr(), EnterAlternateScreen)
            .and_then(|()| Terminal::new(CrosstermBackend::new(stderr())));
        match entered {
            Ok(terminal) => Ok(Self { terminal }),
            Err(error) => {
                restore();
                Err(error)
            }
        }
    }

    pub(super) fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> std::io::Result<()> {
        self.terminal.draw(draw).map(|_| ())
    }
}

impl Drop for FullScreen {
    fn drop(&mut self) {
        restore();
    }
}

/// Leaves the full screen, if it was entered.
pub(crate) fn restore() {
    if ENTERED.swap(false, Ordering::AcqRel) {
        // Whatever of it fails, the rest is worth trying.
        let _ = disable_raw_mode();
        let _ = execute!(stderr(), LeaveAlternateScreen, Show);
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    /// The other half of the test below, on a terminal: a panic while the screen is drawn, on a
    /// thread of its own as ever.
    #[test]
    #[ignore = "it panics, and needs a terminal"]
    fn drawing_panics() {
        let mut full_screen = FullScreen::enter().unwrap();
        let drawn = std::thread::spawn(move || full_screen.draw(|_| panic!("out of ink")));
        drawn.join().unwrap_err();
    }

    /// On a terminal of its own, by script(1): the panic is told where it can be read, and the modes
    /// of the terminal are those of before.
    #[test]
    fn a_panic_leaves_the_terminal_as_it_was() {
        const ENTER: &str = "\u{1b}[?1049h";
        const LEAVE: &str = "\u{1b}[?1049l";
        let temp = tempfile::tempdir().unwrap();
        let this = std::env::current_exe().unwrap();
        let name = "progress::screen::terminal::tests::drawing_panics";
        let command = format!(
            "stty rows 24 cols 80; stty -a > before; \
             '{}' --exact {name} --ignored --nocapture; code=$?; stty -a > after; exit $code",
            this.display()
        );
        let output = Command::new("script")
            .args(["--quiet", "--return", "--command", &command, "/dev/null"])
            .current_dir(temp.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let seen = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{seen}");
        let (_, inside) = seen.split_once(ENTER).expect(&seen);
        let (drawn, after) = inside.split_once(LEAVE).expect(&seen);
        assert!(!drawn.contains("out of ink"), "{seen}");
        assert!(after.contains("out of ink"), "{seen}");
        let [before, after] = ["before", "after"].map(|file| {
            let file = temp.path().join(file);
            std::fs::read_to_string(file).unwrap()
        });
        assert_eq!(before, after, "the modes of the terminal");
    }
}
