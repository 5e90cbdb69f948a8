//! What memory is in use, and who has asked for it, as Go's `/debug/pprof/heap` has it.

use std::io;
use std::time::SystemTime;

use axum::response::Response;
use tokio::sync::Semaphore;

use super::heap_dump::{Amount, HeapDump, parse};
use super::left_out::{Frame, LeftOut};
use super::pprof_build::Builder;
use super::profiler::{self, give_way};
use super::{failed, profile_answer};
use crate::failure::Code;
use crate::http::Problem;
use crate::native::jemalloc;

/// Names are looked up in hundreds of megabytes of debug information, once at a time.
static ONE_AFTER_THE_OTHER: Semaphore = Semaphore::const_new(1);

/// Is there a heap profile?
pub(super) fn is_sampled() -> bool {
    jemalloc::samples_allocations()
}

/// The heap as it is now, and what was allocated since the process began.
pub(super) async fn heap() -> Result<Response, Problem> {
    if !is_sampled() {
        let detail = "allocations are not sampled: start the service with heap_profile = true";
        return Err(Problem::new(Code::ProfileUnavailable, detail));
    }
    let turn = ONE_AFTER_THE_OTHER.acquire().await;
    let turn = turn.map_err(|error| failed(&error))?;
    let making = profiler::begin(move |_| {
        let _turn = turn;
        give_way();
        encode(&dump()?)
    })?;
    let body = profiler::end(making).await?;
    Ok(profile_answer("heap", body))
}

fn dump() -> io::Result<HeapDump> {
    let file = tempfile::NamedTempFile::new()?;
    jemalloc::dump(file.path())?;
    let dump = std::fs::read_to_string(file.path())?;
    parse(&dump).map_err(io::Error::other)
}

/// The sample types of Go, `inuse_space` by default.
fn encode(dump: &HeapDump) -> io::Result<Vec<u8>> {
    let mut builder = Builder::new();
    for (kind, unit) in [
        ("alloc_objects", "count"),
        ("alloc_space", "bytes"),
        ("inuse_objects", "count"),
        ("inuse_space", "bytes"),
    ] {
        builder.kind(kind, unit);
    }
    builder.period("space", "bytes", dump.bytes_per_sample.cast_signed());
    builder.time(SystemTime::now(), None);
    for stack in &dump.stacks {
        let locations = builder.calls_of(&stack.addresses, WAY_TO_MEMORY);
        let values = [stack.allocated, stack.in_use].map(rounded).concat();
        builder.sample(locations, values, None);
    }
    builder.finish()
}

fn rounded(amount: Amount) -> [i64; 2] {
    [amount.objects.round() as i64, amount.bytes.round() as i64]
}

/// What is on every stack between whoever asks for memory and the memory.
const WAY_TO_MEMORY: LeftOut = LeftOut {
    through: is_allocator,
    then: is_library,
};

/// Is it a function of the allocator, or of what leads to it?
fn is_allocator(frame: Frame<'_>) -> bool {
    // Not the prefix alone: `_rjem_rallocx` ends in a tail call, and with it leaves the stack.
    const FUNCTIONS: [&str; 7] = [
        "_rjem_",
        "prof_",
        "do_rallocx",
        "imalloc",
        "irallocx",
        "ixallocx",
        "__rust_",
    ];
    const PARTS: [&str; 4] = [
        "tikv_jemallocator",
        "___rust_alloc",
        "___rust_realloc",
        "___rust_alloc_zeroed",
    ];
    let name = frame.system_name;
    frame.file.starts_with("tikv-jemalloc")
        || FUNCTIONS.iter().any(|begin| name.starts_with(begin))
        || PARTS.iter().any(|part| name.contains(part))
}

/// Is it a function of the standard library, which asks on behalf of its caller? Its maps are of the crate
/// hashbrown.
fn is_library(frame: Frame<'_>) -> bool {
    const FOLDERS: [&str; 4] = [
        "/library/alloc/src/",
        "/library/core/src/",
        "/library/std/src/",
        "hashbrown-",
    ];
    const CRATES: [&str; 4] = ["alloc::", "core::", "std::", "hashbrown::"];
    if !frame.file.is_empty() {
        return FOLDERS.iter().any(|folder| frame.file.contains(folder));
    }
    let name = frame.name.trim_start_matches(['<', '&']);
    // What `u8` implements belongs to the trait.
    let of_trait = name.split_once(" as ").filter(|(of, _)| !of.contains("::"));
    let name = of_trait.map_or(name, |(_, of_trait)| of_trait);
    CRATES.iter().any(|begin| name.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOC: &str = "/rustc/59807616/library/alloc/src/alloc.rs";
    const RAW_VEC: &str = "/rustc/59807616/library/alloc/src/raw_vec/mod.rs";
    const VEC: &str = "/rustc/59807616/library/alloc/src/vec/mod.rs";
    const BOXED: &str = "/rustc/59807616/library/alloc/src/boxed.rs";
    const ITERATOR: &str = "/rustc/59807616/library/core/src/iter/traits/iterator.rs";
    const JEMALLOC: &str = "tikv-jemalloc-sys-dd2265479fdd8c14/out/build/src/jemalloc.c";

    /// Every place has the functions inlined there, with their files, and the one that holds them last.
    /// Expected is the function at which the stack begins.
    fn check(stack: &[&[(&str, &str)]], expected: Option<&str>) {
        let places: Vec<u64> = (0..stack.len() as u64).collect();
        let begin = WAY_TO_MEMORY.begin(&places, |id| {
            let functions = stack[id as usize].iter();
            functions.map(|(name, file)| Frame {
                name,
                system_name: name,
                file,
            })
        });
        let function = begin.map(|(place, inlined)| stack[place][inlined].0);
        assert_eq!(function, expected, "{stack:#?}");
    }

    #[test]
    fn memory_is_that_of_whoever_asked_for_it() {
        // As an optimised build has it: no function of jemalloc but this is left.
        let grown: [&[(&str, &str)]; 4] = [
            &[
                (
                    "prof_alloc_prep",
                    "tikv-jemalloc-sys-dd2265479fdd8c14/out/build/include/jemalloc/internal/prof_inlines.h",
                ),
                ("irallocx_prof", JEMALLOC),
                ("do_rallocx", JEMALLOC),
            ],
            &[
                ("alloc::alloc::realloc", ALLOC),
                ("<alloc::alloc::Global>::grow_impl_runtime", ALLOC),
                ("alloc::raw_vec::RawVecInner<A>::finish_grow", RAW_VEC),
            ],
            &[
                ("alloc::vec::Vec<T,A>::reserve", VEC),
                ("core::iter::traits::iterator::Iterator::collect", ITERATOR),
                (
                    "challenge_service::view::ChallengesView::new::{{closure}}",
                    "service/src/view.rs",
                ),
                ("core::iter::traits::iterator::Iterator::collect", ITERATOR),
                (
                    "challenge_service::view::ChallengesView::new",
                    "service/src/view.rs",
                ),
            ],
            &[("axum::serve", "axum-0.8.9/src/serve/mod.rs")],
        ];
        let asked = "challenge_service::view::ChallengesView::new::{{closure}}";
        check(&grown, Some(asked));
        // All that jemalloc has between itself and its callers.
        let around = |inside: &'static str| {
            let (walk, inside) = ([("prof_backtrace_impl", "")], [(inside, "")]);
            check(&[&walk, &inside, grown[1], grown[2]], Some(asked));
        };
        for inside in [
            "do_rallocx",
            "do_rallocx.part.0",
            "imalloc_body",
            "imalloc",
            "_rjem_je_malloc_default",
            "_rjem_mallocx",
            "_rjem_calloc",
            "_RNvCs2lEqOyg1x1W_7___rustc12___rust_alloc",
            "_ZN82_$LT$tikv_jemallocator..Jemalloc$u20$as$u20$core..alloc..global..GlobalAlloc$GT$5alloc17h0E",
        ] {
            around(inside);
        }
        check(
            &[&[
                ("alloc::alloc::alloc", ALLOC),
                ("alloc::boxed::Box<T>::pin", BOXED),
                (
                    "futures_util::future::FutureExt::boxed",
                    "futures-util-0.3.34/src/future/mod.rs",
                ),
                ("shop::list", "shop/src/list.rs"),
            ]],
            Some("futures_util::future::FutureExt::boxed"),
        );
    }

    #[test]
    fn a_build_without_files_is_told_by_names() {
        check(
            &[
                &[("_rjem_je_prof_backtrace", "")],
                &[("alloc::raw_vec::finish_grow", "")],
                &[(
                    "<u8 as alloc::vec::spec_from_elem::SpecFromElem>::from_elem",
                    "",
                )],
                &[("<alloc::vec::Vec<u8> as core::clone::Clone>::clone", "")],
                &[("<shop::Cart as core::clone::Clone>::clone", "")],
            ],
            Some("<shop::Cart as core::clone::Clone>::clone"),
        );
        check(&[&[("profile::take", "")]], Some("profile::take"));
        let priced = "<u8 as shop::Price>::price";
        check(&[&[("_rjem_malloc", "")], &[(priced, "")]], Some(priced));
        check(&[&[("_rjem_mallocx", "")]], None);
    }
}
