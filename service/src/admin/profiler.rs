//! The thread on which a profile is made.

use std::io;
use std::thread;

use tokio::sync::oneshot::{self, Receiver, Sender};

use super::failed;
use crate::allocator;
use crate::http::Problem;

/// A tenth of what others get where all cores are busy.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// The bytes of a profile.
pub(super) type Body = io::Result<Vec<u8>>;

/// Makes a profile on a thread of its own, to which it is said who waits for it.
///
/// Not on the runtime: names are looked up in the debug information of the whole binary. That takes more
/// memory than the service does, so that it is in no profile of the heap.
pub(super) fn begin(
    make: impl FnOnce(&Sender<Body>) -> Body + Send + 'static,
) -> Result<Receiver<Body>, Problem> {
    let (answer, answered) = oneshot::channel();
    let profiler = thread::Builder::new().name("profiler".to_owned());
    let work = move || {
        allocator::keep_this_thread_out();
        let body = make(&answer);
        // Nobody is there if the client has hung up.
        let _ = answer.send(body);
    };
    profiler.spawn(work).map_err(|error| failed(&error))?;
    Ok(answered)
}

/// Waits for the profile.
pub(super) async fn end(answered: Receiver<Body>) -> Result<Vec<u8>, Problem> {
    let body = answered.await.map_err(|error| failed(&error))?;
    body.map_err(|error| failed(&error))
}

/// Lets requests go before this thread, which is to look names up: that takes half a second.
pub(super) fn give_way() {
    // Of the thread; elsewhere it would be the whole process.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::debug!(%error, "a profile is encoded at the priority of requests");
    }
}
