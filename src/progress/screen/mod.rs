//! A full screen on stderr, which a thread of its own draws; keys stop the run.

mod model;
mod terminal;
mod view;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context as _;
use brunt_loadgen::{Scenario, Update};
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tokio_util::sync::CancellationToken;

use super::line;
use model::Model;
use terminal::FullScreen;

pub(crate) use terminal::restore as restore_terminal;

/// How long a key may wait to be seen, and a change to be drawn.
const TICK: Duration = Duration::from_millis(100);

/// The screen of one run.
#[derive(Clone)]
pub(crate) struct Screen {
    shared: Arc<Shared>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

struct Shared {
    model: Mutex<Model>,
    changed: AtomicBool,
    closing: AtomicBool,
    stop: CancellationToken,
}

impl Screen {
    pub(super) fn open(
        scenario: &Scenario,
        phase: &str,
        stop: CancellationToken,
    ) -> anyhow::Result<Self> {
        let full_screen = FullScreen::enter().context("--ui tui: cannot draw on this terminal")?;
        let shared = Arc::new(Shared {
            model: Mutex::new(Model::new(scenario, phase)),
            changed: AtomicBool::new(true),
            closing: AtomicBool::new(false),
            stop,
        });
        let drawn = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("screen".to_owned())
            .spawn(move || drawn.work(full_screen))
            .context("cannot start a thread")?;
        Ok(Self {
            shared,
            thread: Arc::new(Mutex::new(Some(thread))),
        })
    }

    pub(super) fn update(&self, update: &Update) {
        self.shared.model().update(update);
        self.shared.changed.store(true, Ordering::Release);
    }

    pub(super) fn close(&self) {
        self.shared.closing.store(true, Ordering::Release);
        let thread = lock(&self.thread).take();
        if let Some(thread) = thread {
            // A screen that could not be drawn to its end costs the run nothing.
            let _ = thread.join();
        }
        let model = self.shared.model();
        for (name, totals) in model.totals() {
            say(&format!("{}  {}", model.phase, line::stage(name, totals)));
        }
    }
}

impl Shared {
    fn model(&self) -> MutexGuard<'_, Model> {
        lock(&self.model)
    }

    /// Draws until the screen is closed; the terminal is restored when this ends, however it does.
    fn work(&self, mut full_screen: FullScreen) {
        while !self.closing.load(Ordering::Acquire) {
            if self.changed.swap(false, Ordering::AcqRel) {
                let mut model = self.model().clone();
                model.stopping = self.stop.is_cancelled();
                if full_screen.draw(|frame| view::draw(frame, &model)).is_err() {
                    // The terminal is gone, the run is not.
                    return;
                }
            }
            match event::poll(TICK).and_then(|ready| ready.then(event::read).transpose()) {
                Ok(Some(Event::Key(key))) if asks_to_stop(key) => {
                    if self.stop.is_cancelled() {
                        terminal::restore();
                        // As a second ctrl-c does: every second but the current one is recorded.
                        std::process::exit(130);
                    }
                    self.stop.cancel();
                    self.changed.store(true, Ordering::Release);
                }
                Ok(Some(Event::Resize(..))) => self.changed.store(true, Ordering::Release),
                Ok(_) => {}
                Err(_) => std::thread::sleep(TICK),
            }
        }
    }
}

/// Raw mode makes a key of ctrl-c.
fn asks_to_stop(key: KeyEvent) -> bool {
    let ctrl_c = key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
    key.kind == KeyEventKind::Press && (ctrl_c || key.code == KeyCode::Char('q'))
}

/// A thread that panicked while it held the model leaves a picture that is one second old.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(clippy::print_stderr, reason = "progress is for people, on stderr")]
fn say(line: &str) {
    eprintln!("{line}");
}
