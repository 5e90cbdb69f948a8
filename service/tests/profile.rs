//! Profiles of the service, on its admin address.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use challenge_service::admin::pprof_format::Profile;
use flate2::read::GzDecoder;
use prost::Message;
use support::{send, start};

fn decode(body: &[u8]) -> Profile {
    let mut bytes = Vec::new();
    GzDecoder::new(body).read_to_end(&mut bytes).unwrap();
    Profile::decode(&bytes[..]).unwrap()
}

// One test: there is one profiler in a process, and test threads share it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_profile_is_taken_one_at_a_time() {
    let service = start(|_| ()).await;
    let base = format!("http://{}/debug/pprof/profile", service.addresses.admin);
    for query in [
        "seconds=0",
        "seconds=121",
        "frequency=0",
        "frequency=1001",
        "seconds=x",
    ] {
        let problem = send("GET", &format!("{base}?{query}"), &[], None)
            .await
            .problem();
        assert_eq!(problem, (400, "BAD_REQUEST".into()), "{query}");
    }

    let ask = || {
        let url = format!("{base}?seconds=2&frequency=99");
        tokio::spawn(async move { send("GET", &url, &[], None).await })
    };
    let enough = Arc::new(AtomicBool::new(false));
    let spinning = {
        let enough = enough.clone();
        tokio::task::spawn_blocking(move || spin_until(&enough))
    };
    let (one, other) = (ask(), ask());
    let (one, other) = (one.await.unwrap(), other.await.unwrap());
    enough.store(true, Ordering::Relaxed);
    spinning.await.unwrap();
    let (answer, refused) = if one.status == 200 {
        (one, other)
    } else {
        (other, one)
    };
    assert_eq!(refused.problem(), (409, "PROFILE_RUNNING".into()));
    assert_eq!(answer.status, 200);

    let profile = decode(&answer.body);
    let text = |index: i64| profile.string_table[usize::try_from(index).unwrap()].as_str();
    assert_eq!(text(0), "");
    let types: Vec<_> = profile
        .sample_type
        .iter()
        .map(|kind| (text(kind.r#type), text(kind.unit)))
        .collect();
    assert_eq!(types, [("samples", "count"), ("cpu", "nanoseconds")]);
    assert_eq!(profile.period, 1_000_000_000 / 99);
    assert!(profile.duration_nanos >= 2_000_000_000);
    assert!(!profile.sample.is_empty());
    for sample in &profile.sample {
        assert_eq!(sample.value[1], sample.value[0] * profile.period);
        for id in &sample.location_id {
            let location = &profile.location[usize::try_from(*id).unwrap() - 1];
            assert_eq!(location.id, *id);
            for line in &location.line {
                let function = &profile.function[usize::try_from(line.function_id).unwrap() - 1];
                assert_eq!(function.id, line.function_id);
                assert!(!text(function.name).is_empty());
            }
        }
    }
    let functions: Vec<_> = profile.function.iter().map(|f| text(f.name)).collect();
    assert!(
        functions.iter().any(|name| name.contains("spin_until")),
        "{functions:#?}"
    );
}

/// Takes CPU time, in a function that the profile must name.
#[inline(never)]
fn spin_until(enough: &AtomicBool) {
    let mut sum = 0_u64;
    while !enough.load(Ordering::Relaxed) {
        for n in 0..10_000_u64 {
            sum = std::hint::black_box(sum.wrapping_mul(31).wrapping_add(n));
        }
    }
}
