//! What every request needs: the content, the store, the phase and the reward platform.

use std::ops::Deref;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio_util::task::TaskTracker;

use crate::activator::Activator;
use crate::admission::Admission;
use crate::assigner::Assigner;
use crate::catalogue::Catalogue;
use crate::content::Content;
use crate::faults::Faults;
use crate::initialised::InitialisedUsers;
use crate::metrics::Metrics;
use crate::outbox::Outbox;
use crate::phase::Phase;
use crate::rewards::RewardClient;
use crate::store::Store;

/// The service without its sockets, with one catalogue; cheap to clone.
///
/// A request takes one when it begins, by [`Live::now`], and so keeps its catalogue to its end.
#[derive(Debug, Clone)]
pub struct App {
    inner: Arc<Inner>,
    /// The catalogue and what is derived from it.
    pub content: Arc<Content>,
}

/// The service without its sockets, whose catalogue can be replaced; cheap to clone.
#[derive(Debug, Clone)]
pub struct Live {
    inner: Arc<Inner>,
    content: Arc<ArcSwap<Content>>,
}

/// What is the same whatever the catalogue.
#[derive(Debug)]
pub struct Inner {
    /// Where progress is kept.
    pub store: Store,
    /// What is switched on.
    pub phase: Phase,
    /// Who grants rewards.
    pub rewards: RewardClient,
    /// What ties claims to the worker that gets rewards granted.
    pub outbox: Outbox,
    /// What goes wrong on purpose.
    pub faults: Faults,
    /// What is counted.
    pub metrics: Metrics,
    /// How many requests may be in progress.
    pub admission: Admission,
    /// How new users get their rows.
    pub assigner: Assigner,
    /// How goals are switched on and off.
    pub activator: Activator,
    /// Who is known to have all rows; absent where nobody is remembered.
    pub initialised: Option<InitialisedUsers>,
    /// Work that outlives its request: shutting down waits for it.
    pub tasks: TaskTracker,
}

impl Live {
    /// Puts the parts together, on the runtime on which they are to work.
    pub fn new(
        catalogue: Catalogue,
        store: Store,
        phase: Phase,
        rewards: RewardClient,
        metrics: Metrics,
        initialised: Option<InitialisedUsers>,
    ) -> Self {
        let content = Content::new(catalogue, &phase.switches);
        Self {
            inner: Arc::new(Inner {
                faults: Faults::new(store.clone()),
                assigner: Assigner::new(store.clone(), &phase.switches, &metrics),
                activator: Activator::new(store.clone(), &phase.switches, &metrics),
                initialised,
                store,
                admission: Admission::new(phase.switches.admission),
                phase,
                rewards,
                outbox: Outbox::default(),
                metrics,
                tasks: TaskTracker::new(),
            }),
            content: Arc::new(ArcSwap::from_pointee(content)),
        }
    }

    /// The service with the catalogue of this moment.
    pub fn now(&self) -> App {
        App {
            inner: Arc::clone(&self.inner),
            content: self.content.load_full(),
        }
    }

    /// Requests that begin from now on see this catalogue.
    pub fn replace_catalogue(&self, catalogue: Catalogue) {
        let content = Content::new(catalogue, &self.phase.switches);
        self.content.store(Arc::new(content));
    }
}

impl Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}

impl Deref for Live {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}
