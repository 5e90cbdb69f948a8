//! Where every statement passes, so that it can be held up on purpose.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

type Delay = Arc<dyn Fn() -> Duration + Send + Sync>;

/// Open, unless somebody says how long the next statement has to wait; cheap to clone.
#[derive(Clone, Default)]
pub struct Gate(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// Relaxed: that a statement more or less is held up is as well.
    shut: AtomicBool,
    delay: Mutex<Option<Delay>>,
}

impl Gate {
    /// Holds every statement up, from now on.
    pub fn delay_by(&self, delay: impl Fn() -> Duration + Send + Sync + 'static) {
        *self.0.delay.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(delay));
        self.0.shut.store(true, Ordering::Relaxed);
    }

    /// Holds nothing up any more.
    pub fn open(&self) {
        self.0.shut.store(false, Ordering::Relaxed);
        *self.0.delay.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    #[inline]
    pub(super) fn is_shut(&self) -> bool {
        self.0.shut.load(Ordering::Relaxed)
    }

    pub(super) async fn wait(&self) {
        if let Some(delay) = self.delay() {
            tokio::time::sleep(delay()).await;
        }
    }

    fn delay(&self) -> Option<Delay> {
        let delay = self.0.delay.lock().unwrap_or_else(PoisonError::into_inner);
        delay.clone()
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("shut", &self.is_shut())
            .finish()
    }
}
