//! When the operator wants the process to stop.

/// Completes at ctrl-c, or at SIGTERM where there is such a thing: at the first after this call,
/// awaited yet or not. Call it on a runtime.
pub fn stop_signal() -> impl Future<Output = ()> + Send {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{Signal, SignalKind, signal};

        async fn received(signal: std::io::Result<Signal>) {
            match signal {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                // No handler: the system's own ends the process.
                Err(_) => std::future::pending().await,
            }
        }

        let interrupted = received(signal(SignalKind::interrupt()));
        let terminated = received(signal(SignalKind::terminate()));
        async {
            tokio::select! {
                () = interrupted => {}
                () = terminated => {}
            }
        }
    }
    #[cfg(not(unix))]
    async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
