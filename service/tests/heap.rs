//! Heap profiles of the service, on its admin address.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod support;

use challenge_service::allocator::Allocator;
use support::pprof::Decoded;
use support::{Running, send, start};

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

const KINDS: [(&str, &str); 4] = [
    ("alloc_objects", "count"),
    ("alloc_space", "bytes"),
    ("inuse_objects", "count"),
    ("inuse_space", "bytes"),
];
const ALLOCATED: usize = 1;
const IN_USE: usize = 3;

async fn heap(service: &Running) -> Decoded {
    let url = format!("http://{}/debug/pprof/heap", service.addresses.admin);
    let answer = send("GET", &url, &[], None).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    Decoded::of(&answer.body, &KINDS)
}

/// What requests leave behind is in use until it is freed, and was allocated after that too; making
/// profiles leaves nothing behind.
#[tokio::test]
async fn what_a_fault_leaves_behind_is_found_by_name() {
    let service = start(|_| ()).await;
    let of_fault = |heap: &Decoded, kind| heap.sum_in("grow_memory_for_fault", kind);
    let before = heap(&service).await;
    assert_eq!(
        (of_fault(&before, ALLOCATED), of_fault(&before, IN_USE)),
        (0, 0)
    );

    service.set_faults(&["memory=4MiB"]).await;
    let (requests, size) = (25, 4 << 20);
    for _ in 0..requests {
        let answer = service
            .call("GET", "/challenge/v1/challenges", "ann", None)
            .await;
        assert_eq!(answer.status, 200);
    }
    // Looking its names up takes more memory than all of the requests.
    let cpu = format!(
        "http://{}/debug/pprof/profile?seconds=1",
        service.addresses.admin
    );
    assert_eq!(send("GET", &cpu, &[], None).await.status, 200);
    let grown = heap(&service).await;
    let injected = requests * size;
    for kind in [ALLOCATED, IN_USE] {
        let seen = of_fault(&grown, kind);
        // One in 512 KiB is sampled: of a block of 4 MiB that all are missed has a chance of e^-8.
        assert!(
            (seen - injected).abs() <= injected / 10,
            "{seen} of {injected}"
        );
        // It is the fault's own, and not that of whatever leads to the memory.
        let own = grown.flat_in("grow_memory_for_fault", kind);
        assert_eq!(own, seen, "{:#?}", grown.all_names());
    }
    // Neither the profiler nor the allocator.
    let profiler: i64 = [
        "addr2line",
        "gimli",
        "prof_backtrace",
        "prof_alloc_prep",
        "prof_tctx",
        "rallocx",
        "imalloc",
        "_rjem_",
        "tikv_jemallocator",
    ]
    .map(|name| grown.sum_in(name, ALLOCATED))
    .iter()
    .sum();
    assert_eq!(profiler, 0, "{:#?}", grown.all_names());

    service.set_faults(&[]).await;
    let freed = heap(&service).await;
    assert_eq!(of_fault(&freed, IN_USE), 0);
    assert_eq!(of_fault(&freed, ALLOCATED), of_fault(&grown, ALLOCATED));
}
