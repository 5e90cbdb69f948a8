//! The pprof crate's timer, one for the process, where threads can have none of their own.

use std::collections::HashMap;
use std::io;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant, SystemTime};

use super::tally::Tally;
use super::{Place, Sampled, process_cpu};

pub(super) fn sample(frequency_hz: u32, until: &Receiver<()>) -> io::Result<Sampled> {
    // No library is left out, although pprof advises it for old C libraries, whose unwinder takes
    // locks: time in system calls would be missing, since they are made in the C library.
    let guard = pprof::ProfilerGuardBuilder::default()
        .frequency(frequency_hz.cast_signed())
        .build()
        .map_err(io::Error::other)?;
    let (started, begin, cpu) = (SystemTime::now(), Instant::now(), process_cpu());
    // Ends when the sender is dropped.
    let _ = until.recv();
    let (took, process_cpu) = (begin.elapsed(), process_cpu().saturating_sub(cpu));
    let report = guard.report().build_unresolved();
    drop(guard);
    let mut tally = Tally::default();
    let mut handlers = HashMap::new();
    for (seen, ticks) in report.map_err(io::Error::other)?.data {
        let name = &seen.thread_name[..seen.thread_name_length];
        let name = tally.name(&String::from_utf8_lossy(name));
        let stack: Vec<_> = seen.frames.iter().map(|frame| frame.ip().addr()).collect();
        let handler = stack.iter().rposition(|address| {
            let known = handlers.entry(*address);
            *known.or_insert_with(|| is_handler(*address))
        });
        // The function that the kernel lets the handler return to is between it and the program.
        let interrupted = handler.map_or(0, |handler| handler + 2).min(stack.len());
        let place = Place::Stack(stack[interrupted..].into());
        tally.add(name, place, ticks.unsigned_abs() as u64);
    }
    Ok(Sampled {
        started,
        took,
        period: Duration::from_nanos(1_000_000_000 / u64::from(frequency_hz)),
        process_cpu,
        untimed: 0,
        stacks: tally.finish(),
    })
}

/// Is it the handler of the signal? It is on top of every stack.
fn is_handler(address: usize) -> bool {
    let mut found = false;
    backtrace::resolve(std::ptr::without_provenance_mut(address), |symbol| {
        let name = symbol.name().map(|name| name.to_string());
        found |= name.is_some_and(|name| name.contains("perf_signal_handler"));
    });
    found
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, mpsc};
    use std::thread;

    use super::*;

    #[test]
    fn a_thread_that_works_is_seen() {
        // It looks its own names up when it begins for the first time, which takes seconds.
        let (_, until) = mpsc::channel();
        sample(99, &until).unwrap();

        let enough = Arc::new(AtomicBool::new(false));
        let spin = |enough: Arc<AtomicBool>| {
            while !enough.load(Ordering::Relaxed) {
                std::hint::spin_loop();
            }
        };
        let working = [(); 4].map(|()| {
            let enough = enough.clone();
            thread::spawn(move || spin(enough))
        });
        let (goes_on, until) = mpsc::channel();
        thread::spawn(move || {
            thread::sleep(Duration::from_secs(2));
            drop(goes_on);
        });
        let sampled = sample(99, &until).unwrap();
        enough.store(true, Ordering::Relaxed);
        for thread in working {
            thread.join().unwrap();
        }
        assert!(sampled.took >= Duration::from_secs(1), "{sampled:?}");
        assert!(sampled.cpu() > Duration::ZERO, "{sampled:?}");
        assert!(sampled.process_cpu > Duration::ZERO, "{sampled:?}");
    }
}
