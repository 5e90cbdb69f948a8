//! Profiles are read as they were written, and damaged ones are refused with a reason.

#![allow(clippy::unwrap_used)]

mod taken;

use brunt_report::profile::{MOST_BYTES, Profile, ProfileError, Top, read};
use proptest::prelude::*;
use taken::{Taken, Written, gzip};

use prost::Message as _;

fn service() -> Taken {
    Taken::cpu()
        .with("main;serve;parse+trim", 3)
        .with("main;serve;serve;parse", 5)
        .with("main;serve", 2)
        .with("main;", 1)
}

/// Function, flat and cumulative samples.
fn check(taken: &Taken, kind: &str, expected: &[(&str, i64, i64)]) {
    let profile = read(&taken.bytes()).unwrap();
    let top = Top::of(&profile, profile.kind(Some(kind)).unwrap());
    let rows = top.rows.iter();
    let rows: Vec<_> = rows.map(|r| (&*r.function, r.flat, r.cum)).collect();
    assert_eq!(rows, expected);
}

#[test]
fn recursion_counts_once_and_inlined_functions_are_functions() {
    check(
        &service(),
        "samples",
        &[
            ("parse", 5, 8),
            ("trim", 3, 3),
            ("serve", 2, 10),
            ("[service]", 1, 1),
            ("main", 0, 11),
        ],
    );
}

#[test]
fn functions_of_two_builds_are_one() {
    let taken = Taken::cpu()
        .with("main;shop::add::h0123456789abcdef", 3)
        .with("main;shop::add::hfedcba9876543210", 4);
    check(&taken, "samples", &[("shop::add", 7, 7), ("main", 0, 7)]);
}

#[test]
fn frames_that_the_profile_drops_are_left_out() {
    let mut taken = Taken::heap();
    taken.drop_frames = "malloc.*|new";
    taken.keep_frames = "malloc_mine";
    let values = [1, 10, 1, 10];
    for stack in [
        "main;add;new;malloc;grow",
        "main;add+malloc+grow",
        "main;malloc_mine",
        "malloc;grow",
    ] {
        taken = taken.with_values(stack, &values);
    }
    check(
        &taken,
        "inuse_space",
        &[
            ("add", 20, 20),
            ("grow", 10, 10),
            ("malloc_mine", 10, 10),
            ("main", 0, 30),
            ("malloc", 0, 10),
        ],
    );
}

#[test]
fn compressed_or_not_in_any_order_of_fields() {
    let taken = service();
    let compressed = read(&taken.bytes()).unwrap();
    assert_eq!(read(&taken.raw()).unwrap(), compressed);
    // The samples first, which refer to all that follows.
    let mut last = taken.written();
    let first = Written {
        sample: std::mem::take(&mut last.sample),
        ..Written::default()
    };
    let mut bytes = first.encode_to_vec();
    bytes.extend(last.encode_to_vec());
    assert_eq!(read(&bytes).unwrap(), compressed);
    assert_eq!(compressed.took_ns, Some(30_000_000_000));
    assert_eq!(compressed.functions[0].file, "shop/src/main.rs");
}

#[test]
fn the_default_is_what_the_profile_says_else_the_last_kind() {
    let default = |taken: &Taken| {
        let profile = read(&taken.bytes()).unwrap();
        profile.kinds[profile.default_kind].name.clone()
    };
    assert_eq!(default(&service()), "cpu");
    let mut heap = Taken::heap();
    assert_eq!(default(&heap), "inuse_space");
    heap.default_kind = "alloc_objects";
    assert_eq!(default(&heap), "alloc_objects");
    let heap = read(&heap.bytes()).unwrap();
    let Err(refused) = heap.kind(Some("cpu")) else {
        panic!("a heap profile without CPU time");
    };
    insta::assert_snapshot!(refused, @r#"
    the profile has no sample type "cpu"
    hint: it has alloc_objects, alloc_space, inuse_objects, inuse_space
    "#);
}

#[test]
fn the_difference_has_both_in_the_finer_unit() {
    let new = service();
    let mut base = Taken::cpu().with("main;serve;parse", 4);
    base.kinds = vec![("samples", "count"), ("cpu", "microseconds")];
    base.stacks[0].1 = vec![4, 40_000];
    let (new, base) = (read(&new.bytes()).unwrap(), read(&base.bytes()).unwrap());
    let top = Top::difference(&new, &base, new.default_kind).unwrap();
    assert_eq!(top.total, 40_000_000);
    let parse = top.rows.iter().find(|row| row.function == "parse").unwrap();
    assert_eq!((parse.flat, parse.cum), (10_000_000, 40_000_000));

    let heap = read(&Taken::heap().bytes()).unwrap();
    let refused = Top::difference(&new, &heap, new.default_kind).unwrap_err();
    assert!(
        matches!(refused, ProfileError::NoSuchKind { .. }),
        "{refused}"
    );
}

#[test]
fn what_is_no_profile_is_refused_with_the_reason() {
    let spoilt = |spoil: fn(&mut Written)| {
        let mut written = service().written();
        spoil(&mut written);
        written.encode_to_vec()
    };
    let raw = service().raw();
    let compressed = service().bytes();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", vec![]),
        ("nothing, compressed", gzip(&[])),
        ("a page", b"<!doctype html><title>404</title>".to_vec()),
        (
            "a text of Go",
            b"goroutine profile: total 7\n7 @ 0x1".to_vec(),
        ),
        ("cut short", raw[..raw.len() - 3].to_vec()),
        (
            "cut short, compressed",
            compressed[..compressed.len() / 2].to_vec(),
        ),
        ("no kind", spoilt(|p| p.sample_type.clear())),
        ("a value too much", spoilt(|p| p.sample[1].value.push(7))),
        ("no location", spoilt(|p| p.sample[0].location_id[0] = 99)),
        (
            "no function",
            spoilt(|p| p.location[0].line[0].function_id = 99),
        ),
        ("no text", spoilt(|p| p.function[0].name = 9_999)),
        ("less than no text", spoilt(|p| p.function[0].name = -1)),
        ("the id 0", spoilt(|p| p.location[0].id = 0)),
        ("two of an id", spoilt(|p| p.function[0].id = 2)),
        ("a first text", spoilt(|p| p.string_table[0] = "x".into())),
        ("two profiles", [raw.clone(), raw].concat()),
        (
            "33 kinds",
            spoilt(|p| p.sample_type = vec![p.sample_type[0]; 33]),
        ),
    ];
    let reasons = cases.into_iter().map(|(name, bytes)| match read(&bytes) {
        Ok(_) => panic!("{name} was read"),
        Err(reason) => format!("{name}: {reason}\n"),
    });
    insta::assert_snapshot!(reasons.collect::<String>());
}

#[test]
fn a_gzip_bomb_is_refused() {
    let zeros = vec![0; 1 << 20];
    let member = gzip(&zeros);
    let bomb = member.repeat(MOST_BYTES as usize / zeros.len() + 1);
    assert!(bomb.len() < 1 << 20, "{} bytes", bomb.len());
    assert!(matches!(read(&bomb), Err(ProfileError::TooLarge)));
}

#[test]
fn a_small_file_that_stands_for_a_large_one_is_refused() {
    // A place with a thousand inlined functions, and samples that name it a thousand times each.
    let mut written = Taken::cpu().with("main", 1).written();
    written.location[0].line = vec![written.location[0].line[0]; 1_000];
    written.sample[0].location_id = vec![1; 1_000];
    written.sample = vec![written.sample[0].clone(); 1_000];
    let bytes = gzip(&written.encode_to_vec());
    assert!(bytes.len() < 20_000, "{} bytes", bytes.len());
    let refused = read(&bytes).unwrap_err();
    assert!(
        matches!(refused, ProfileError::TooMany { what: "frames" }),
        "{refused}"
    );
    // Two bytes a text.
    let texts = gzip(&[0x32, 0].repeat(5_000_000));
    let refused = read(&texts).unwrap_err();
    assert!(
        matches!(refused, ProfileError::TooMany { what: "texts" }),
        "{refused}"
    );
}

/// 8 MB of text, and how a profile of one function refers to it.
fn with_long_text(refer: impl FnOnce(&mut Written, i64)) -> Result<Profile, ProfileError> {
    let mut written = Taken::cpu().with("main", 1).written();
    let text = i64::try_from(written.string_table.len()).unwrap();
    written.string_table.push("x".repeat(8 << 20));
    refer(&mut written, text);
    read(&written.encode_to_vec())
}

/// For each anew it would take an hour.
#[test]
fn many_functions_may_have_one_long_name() {
    let profile = with_long_text(|written, text| {
        let mut function = written.function[0];
        function.name = text;
        written.function = (1..=200_000)
            .map(|id| {
                function.id = id;
                function
            })
            .collect();
    });
    let functions = profile.unwrap().functions;
    assert_eq!(functions.len(), 1);
    assert_eq!(functions[0].name.len(), 8 << 20);
}

#[test]
fn what_refers_to_a_long_text_again_and_again_is_refused() {
    let comments = with_long_text(|written, text| written.comment = vec![text; 1_000_000]);
    let files = with_long_text(|written, text| {
        let mut function = written.function[0];
        function.filename = text;
        written.function = (1..=1_000)
            .map(|id| {
                function.id = id;
                function.name = i64::try_from(written.string_table.len()).unwrap();
                written.string_table.push(format!("f{id}"));
                function
            })
            .collect();
    });
    for refused in [comments, files] {
        assert!(matches!(refused, Err(ProfileError::TooLong)));
    }
}

proptest! {
    /// Whatever happens to the bytes: an answer, and no panic on what comes of it.
    #[test]
    fn damaged_profiles_are_read_or_refused(
        cut in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        inserted in prop::collection::vec(any::<u8>(), 0..4),
        compressed in any::<bool>(),
        keep_all in any::<bool>(),
    ) {
        let mut bytes = if compressed { service().bytes() } else { service().raw() };
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let at = cut.index(bytes.len());
        if !keep_all {
            bytes.truncate(at);
        }
        let at = at.min(bytes.len());
        bytes.splice(at..at, inserted);
        if let Ok(profile) = read(&bytes) {
            let sound = read(&service().bytes()).unwrap();
            for kind in 0..profile.kinds.len() {
                let top = Top::of(&profile, kind);
                let scale = top.scale();
                for row in &top.rows {
                    prop_assert!(!scale.write(row.cum).is_empty());
                }
                let _ = Top::difference(&profile, &sound, kind);
                let _ = Top::difference(&sound, &profile, 0);
            }
        }
    }

    /// Flat values make the whole, and no function has more than it.
    #[test]
    fn nothing_is_lost_or_counted_twice(
        stacks in prop::collection::vec((prop::collection::vec(0usize..5, 1..8), 1i64..100), 1..20),
    ) {
        let names = ["main", "serve", "parse", "write", "trim"];
        let mut taken = Taken::cpu();
        for (stack, samples) in &stacks {
            let stack: Vec<&str> = stack.iter().map(|f| names[*f]).collect();
            taken = taken.with(&stack.join(";"), *samples);
        }
        let profile = read(&taken.bytes()).unwrap();
        let top = Top::of(&profile, 0);
        let whole: i64 = stacks.iter().map(|(_, samples)| samples).sum();
        prop_assert_eq!(top.rows.iter().map(|row| row.flat).sum::<i64>(), whole);
        prop_assert!(top.rows.iter().all(|row| row.flat <= row.cum && row.cum <= whole));
        let none = Top::difference(&profile, &profile, 0).unwrap();
        prop_assert!(none.rows.is_empty());
    }
}
