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
