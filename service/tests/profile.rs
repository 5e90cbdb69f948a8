//! CPU profiles of the service, on its admin address.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use support::pprof::Decoded;
use support::{Running, send, start};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::{Mutex, MutexGuard};

/// There is one profiler in a process, and tests share it.
async fn profiler() -> MutexGuard<'static, ()> {
    static PROFILER: Mutex<()> = Mutex::const_new(());
    PROFILER.lock().await
}

const KINDS: [(&str, &str); 2] = [("samples", "count"), ("cpu", "nanoseconds")];

/// Both values of a sample say the same.
fn decode(body: &[u8]) -> Decoded {
    let profile = Decoded::of(body, &KINDS);
    for sample in &profile.0.sample {
        assert_eq!(sample.value[1], sample.value[0] * profile.0.period);
    }
    profile
}

fn url(service: &Running, query: &str) -> String {
    let admin = service.addresses.admin;
    format!("http://{admin}/debug/pprof/profile?{query}")
}

async fn take(service: &Running, query: &str) -> Decoded {
    let answer = send("GET", &url(service, query), &[], None).await;
    assert_eq!(answer.status, 200);
    decode(&answer.body)
}

#[tokio::test]
async fn a_profile_has_bounds() {
    let service = start(|_| ()).await;
    for query in [
        "seconds=0",
        "seconds=121",
        "frequency=0",
        "frequency=200",
        "seconds=x",
    ] {
        let problem = send("GET", &url(&service, query), &[], None)
            .await
            .problem();
        assert_eq!(problem, (400, "BAD_REQUEST".into()), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_profile_is_taken_one_at_a_time() {
    let _profiler = profiler().await;
    let service = start(|_| ()).await;
    let ask = || {
        let url = url(&service, "seconds=1&frequency=99");
        tokio::spawn(async move { send("GET", &url, &[], None).await })
    };
    let (one, other) = (ask(), ask());
    let (one, other) = (one.await.unwrap(), other.await.unwrap());
    let (answer, refused) = if one.status == 200 {
        (one, other)
    } else {
        (other, one)
    };
    assert_eq!(refused.problem(), (409, "PROFILE_RUNNING".into()));
    assert_eq!(answer.status, 200);
    let profile = decode(&answer.body);
    assert_eq!(profile.0.period, 1_000_000_000 / 99);
    assert!(profile.0.duration_nanos > 0);
    assert!(profile.said("cores") >= 1);
    assert!(profile.said("building_cpu_nanoseconds") > 0);
}

/// However busy the machine is, the samples stand for what the process used: what threads do that
/// are there all the time, that begin and end meanwhile, and in system calls.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn samples_are_the_cpu_time_that_was_used() {
    let _profiler = profiler().await;
    let service = start(|_| ()).await;
    let enough = Arc::new(AtomicBool::new(false));
    let work: [fn(&AtomicBool); 3] = [spin_until, short_lives_until, system_calls_until];
    let working: Vec<_> = work
        .map(|work| {
            let enough = enough.clone();
            thread::spawn(move || work(&enough))
        })
        .into();
    for frequency in [99, 199] {
        let profile = take(&service, &format!("seconds=4&frequency={frequency}")).await;
        let (period, process) = (profile.0.period, profile.said("process_cpu_nanoseconds"));
        let sampled = profile.sum(1);
        assert_eq!(sampled, profile.said("sampled_cpu_nanoseconds"));
        // What the clocks of threads say beyond the samples is filled in: with all signals lost the sum
        // would be right as well. These threads are at work when the clock ticks; of those that begin
        // meanwhile a part is over when they are seen.
        let between = profile.sum_in("[between two ticks of the clock]", 1);
        assert!(
            between <= process / 10,
            "{frequency} Hz: {between} ns of {process} ns"
        );
        let unseen = profile.sum_in("[before the thread was seen]", 1);
        let unattributed = profile.said("unattributed_cpu_nanoseconds");
        assert!(
            unattributed >= between + unseen && unattributed <= process / 4,
            "{frequency} Hz: {unattributed} ns of {process} ns, {between} ns and {unseen} ns of it"
        );
        // A thread is a tick off at the most at either end. Those that lived shorter than it takes to
        // be seen are not in the samples; they use next to nothing.
        let stacks = profile.0.sample.iter();
        let threads: HashSet<_> = stacks.map(|stack| stack.label[0].str).collect();
        let threads = i64::try_from(threads.len()).unwrap();
        let quantum = period * (2 * threads + 2);
        let allowed = process / 20 + quantum;
        assert!(
            (sampled - process).abs() <= allowed,
            "{frequency} Hz: {sampled} ns of {process} ns, {allowed} ns allowed"
        );
        // Else the allowance would be all there is.
        assert!(process > 4 * quantum, "{process} {quantum}");
        assert!(
            profile.sum_in("spin_until", 0) > 0,
            "{:#?}",
            profile.all_names()
        );
    }
    enough.store(true, Ordering::Relaxed);
    for thread in working {
        thread.join().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_fault_burns_is_found_by_name() {
    let _profiler = profiler().await;
    let service = start(|_| ()).await;
    service.set_faults(&["cpu=20ms"]).await;

    let enough = AtomicBool::new(false);
    let requests = async {
        let mut done = Vec::new();
        while !enough.load(Ordering::Relaxed) {
            let answer = service
                .call("GET", "/challenge/v1/challenges", "ann", None)
                .await;
            assert_eq!(answer.status, 200);
            done.push(SystemTime::now().duration_since(UNIX_EPOCH).unwrap());
        }
        done
    };
    let profile = async {
        let profile = take(&service, "seconds=4&frequency=99").await;
        enough.store(true, Ordering::Relaxed);
        profile
    };
    let (profile, done) = tokio::join!(profile, requests);
    let began = profile.0.time_nanos;
    let within = began..began + profile.0.duration_nanos;
    let requests = done
        .iter()
        .filter(|at| within.contains(&(at.as_nanos() as i64)));

    let burnt = profile.sum_in("burn_cpu_for_fault", 1);
    let injected = i64::try_from(requests.count()).unwrap() * 20_000_000;
    // Of the first and the last request a part is in the window. Requests do not keep step with the
    // ticks, so that of n ticks some multiple of their root may be elsewhere.
    let ticks = injected / profile.0.period;
    let allowed = 2 * 20_000_000 + 4 * ticks.isqrt() * profile.0.period;
    assert!(
        (burnt - injected).abs() <= allowed && allowed < injected,
        "{burnt} ns of {injected} ns, {allowed} ns allowed: {:#?}",
        profile.all_names()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_client_that_hangs_up_ends_its_profile() {
    let _profiler = profiler().await;
    let service = start(|_| ()).await;
    let admin = service.addresses.admin;
    let request = format!("GET /debug/pprof/profile?seconds=120 HTTP/1.1\r\nhost: {admin}\r\n\r\n");
    let status_of_another = || async {
        let url = url(&service, "seconds=1");
        send("GET", &url, &[], None).await.status
    };
    // Whoever comes first is served: once more, if that was the other.
    let connection = loop {
        let mut connection = TcpStream::connect(admin).await.unwrap();
        connection.write_all(request.as_bytes()).await.unwrap();
        if status_of_another().await == 409 {
            break connection;
        }
    };

    drop(connection);
    let gone = Instant::now();
    while status_of_another().await == 409 {
        assert!(gone.elapsed() < Duration::from_mins(1), "it goes on");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_service_that_stops_answers_with_the_profile_so_far() {
    let _profiler = profiler().await;
    // To look names up takes a while in a build that is not optimised.
    let service = start(|settings| settings.shutdown_timeout = Duration::from_mins(2)).await;
    let ask = |query| {
        let url = url(&service, query);
        tokio::spawn(async move { send("GET", &url, &[], None).await })
    };
    // Whoever comes first is served: once more, if that was the other.
    let profile = loop {
        let profile = ask("seconds=120");
        if ask("seconds=1").await.unwrap().status == 409 {
            break profile;
        }
        profile.abort();
    };
    service.stop.cancel();
    // Panics if work was left unfinished.
    service.done.await.unwrap();
    let answer = profile.await.unwrap();
    assert_eq!(answer.status, 200);
    assert!(decode(&answer.body).0.duration_nanos < 120_000_000_000);
}

/// Takes CPU time, in a function that the profile must name.
#[inline(never)]
fn spin_until(enough: &AtomicBool) {
    while !enough.load(Ordering::Relaxed) {
        spin_for(10_000);
    }
}

#[inline(never)]
fn spin_for(times: u64) {
    let mut sum = 0_u64;
    for n in 0..times {
        sum = std::hint::black_box(sum.wrapping_mul(31).wrapping_add(n));
    }
}

/// One thread after the other, each for about a third of a second.
fn short_lives_until(enough: &AtomicBool) {
    while !enough.load(Ordering::Relaxed) {
        let life = thread::spawn(|| {
            let begin = Instant::now();
            while begin.elapsed() < Duration::from_millis(300) {
                spin_for(1_000);
            }
        });
        life.join().unwrap();
    }
}

fn system_calls_until(enough: &AtomicBool) {
    while !enough.load(Ordering::Relaxed) {
        std::fs::read("/proc/self/stat").unwrap();
    }
}
