//! Profiles of two records, held against each other.

#![allow(clippy::unwrap_used)]

mod claims;
mod page;
mod support;
mod taken;

use brunt_record::Record;
use brunt_report::comparison::{Correlated, Side};
use brunt_report::document::{build, flame_graph, profile, profile_for_terminal};
use brunt_report::profile::{
    Basis, MoveVerdict, NoRequests, ProfileReport, Selection, Taken as Captured, captured, read,
};
use brunt_report::render::{html, markdown};
use brunt_report::run::Evidence;
use brunt_report::{CompareOptions, Comparison};
use claims::check;
use page::Page;
use regex::Regex;
use support::{Synthetic, compared};
use taken::Taken;

/// 20 s of "init" with 600 requests a second, then 40 s of "play" with 600.
fn run(phase: &str, profiles: Vec<(&str, Taken)>) -> Synthetic {
    let mut run = Synthetic::two_stages(phase);
    run.shared_host = true;
    run.profiles = profiles
        .into_iter()
        .map(|(name, taken)| (name.to_owned(), taken.bytes()))
        .collect();
    run
}

/// From second 25 of the run on, 20 s long.
fn cpu() -> Taken {
    let mut taken = Taken::cpu();
    taken.began_ns = 1_767_268_825_000_000_000;
    taken.took_ns = 20_000_000_000;
    taken
}

fn service(burn: i64) -> Taken {
    cpu()
        .with("main;serve;shop::list;serde::write", 700)
        .with("main;serve;shop::claim;sqlite::step", 500)
        .with("main;serve;shop::claim;shop::burn", burn)
        .with("main;park", 100)
}

const PLAY: &str = "service-cpu-play-25.pb.gz";

fn compare(a: Vec<(&str, Taken)>, b: Vec<(&str, Taken)>) -> Comparison {
    let options = CompareOptions::default();
    compared(&run("phase8", a), &run("phase9", b), &options)
}

#[test]
fn a_burn_in_a_named_function_is_the_top_mover_with_its_true_cost() {
    let comparison = compare(vec![(PLAY, service(0))], vec![(PLAY, service(360))]);
    let [report] = &comparison.profiles[..] else {
        panic!("{:?}", comparison.damaged_profiles);
    };
    assert_eq!(report.basis, Basis::PerRequest);
    let top = &report.moves[0];
    assert_eq!(
        (&*top.function, top.verdict),
        ("shop::burn", MoveVerdict::Grew)
    );
    // 360 samples of 10 ms over 20 s with 600 requests a second.
    let cost_ns = 360.0 * 1e7 / 12_000.0;
    assert!((top.difference / cost_ns - 1.0).abs() < 1e-3, "{top:?}");
    let interval = top.interval.unwrap();
    assert!(interval.low > 0.0 && interval.low < cost_ns && interval.high > cost_ns);
    assert_eq!(top.caller.as_ref().unwrap().function, "shop::claim");
    assert_eq!(report.findings().count(), 1);
    // With what they call: the burn itself, since those above it only pass it on.
    assert_eq!(report.moves_with_callees[0].function, "shop::burn");
}

#[test]
fn three_samples_and_a_mood_of_the_machine_are_no_findings() {
    let slower = cpu()
        .with("main;serve;shop::list;serde::write", 735)
        .with("main;serve;shop::claim;sqlite::step", 525)
        .with("main;serve;shop::claim;shop::burn", 3)
        .with("main;park", 105);
    let comparison = compare(vec![(PLAY, service(0))], vec![(PLAY, slower)]);
    let report = &comparison.profiles[0];
    assert_eq!(report.findings().count(), 0, "{:?}", report.moves);
    let burn = report.moves.iter().find(|m| m.function == "shop::burn");
    assert_eq!(burn.unwrap().verdict, MoveVerdict::FewSamples);
}

#[test]
fn windows_of_one_side_are_taken_together() {
    let at = |second: i64, burn: i64| {
        let mut taken = service(burn);
        taken.began_ns += (second - 25) * 1_000_000_000;
        taken.took_ns = 10_000_000_000;
        taken
    };
    let names = ["25", "36", "47"].map(|at| format!("service-cpu-play-{at}.pb.gz"));
    let windows = |burns: [i64; 3]| -> Vec<(&str, Taken)> {
        let seconds = [25, 36, 47].into_iter().zip(burns);
        let taken = seconds.map(|(second, burn)| at(second, burn));
        names.iter().map(String::as_str).zip(taken).collect()
    };
    let verdict = |burns: [i64; 3]| {
        let comparison = compare(windows([50, 50, 50]), windows(burns));
        let report = &comparison.profiles[0];
        assert_eq!(report.new.windows.len(), 3);
        assert_eq!(report.basis, Basis::PerRequest);
        let burn = report.moves.iter().find(|m| m.function == "shop::burn");
        burn.unwrap().verdict
    };
    assert_eq!(verdict([150, 150, 150]), MoveVerdict::Grew);
    // The same sum, in one of the windows: something else went on in it.
    assert_eq!(verdict([10, 10, 430]), MoveVerdict::WithinNoise);
}

#[test]
fn the_cost_of_a_request_is_refused_where_nobody_counted_them() {
    let refused = |name: &str, spoil: fn(&mut Taken)| {
        let mut taken = service(0);
        spoil(&mut taken);
        let record = run("phase8", vec![(name, taken)]);
        let temp = tempfile::tempdir().unwrap();
        let record = Record::open(&record.write(temp.path())).unwrap();
        let captured = captured(&record, &Evidence::of(&record).unwrap());
        let (_, taken) = captured.select(&Selection::default()).unwrap();
        taken[0].requests
    };
    assert!(refused(PLAY, |_| ()).is_ok());
    assert_eq!(refused(PLAY, |t| t.took_ns = 0), Err(NoRequests::Snapshot));
    // 60 s from second 25 on: the record ends in second 61.
    assert_eq!(
        refused(PLAY, |t| t.took_ns = 60_000_000_000),
        Err(NoRequests::NotCovered)
    );
    // Another machine's clock: the second in the name counts.
    let elsewhere = refused(PLAY, |t| t.began_ns -= 3_600_000_000_000);
    assert_eq!(elsewhere, Ok(12_000.0));
    let late = "service-cpu-play-900.pb.gz";
    assert_eq!(refused(late, |_| ()), Err(NoRequests::NotCovered));

    let bare = Captured::bare("a.pb.gz", read(&service(0).bytes()).unwrap());
    assert_eq!(bare.requests, Err(NoRequests::NoRecord));
}

#[test]
fn a_capped_window_and_missing_samples_are_said() {
    // 39.6 s of CPU time in 20 s on two cores.
    let full = cpu().with("main;serve", 3_960);
    let mut missing = service(0);
    missing.comments = vec![
        "process_cpu_nanoseconds=17000000000".into(),
        "cores=4".into(),
    ];
    let comparison = compare(vec![(PLAY, full)], vec![(PLAY, missing)]);
    let report = &comparison.profiles[0];
    let [a, b] = [
        &report.base.as_ref().unwrap().windows[0],
        &report.new.windows[0],
    ];
    assert!(a.capped && !a.unaccounted);
    assert!(!b.capped && b.unaccounted);
    assert_eq!(b.cores, Some(4.0));
    let markdown = markdown(&build(&comparison), "charts").text;
    assert!(markdown.contains("Capped: A: phase8"), "{markdown}");
    assert!(markdown.contains("do not account for the CPU time: B: phase9"));
}

/// 13 s of samples, of a process that used as much.
#[test]
fn samples_without_a_stack_are_said() {
    let with = |unattributed_s: Option<f64>| {
        let mut taken = service(0);
        let comment = |what: &str, s: f64| format!("{what}_cpu_nanoseconds={}", s * 1e9);
        taken.comments = vec![comment("process", 13.0)];
        let unattributed = unattributed_s.map(|s| comment("unattributed", s));
        taken.comments.extend(unattributed);
        vec![(PLAY, taken)]
    };
    let said = |unattributed_s: Option<f64>| {
        let comparison = compare(with(Some(0.0)), with(unattributed_s));
        let report = &comparison.profiles[0];
        let [a, b] = [
            &report.base.as_ref().unwrap().windows[0],
            &report.new.windows[0],
        ];
        assert!(!a.unaccounted && !a.unattributed && !b.unaccounted);
        assert_eq!(
            (a.unattributed_cpu_s, b.unattributed_cpu_s),
            (Some(0.0), unattributed_s)
        );
        let text = markdown(&build(&comparison), "charts").text;
        let caution = "CPU time has no stack: B: phase9";
        assert_eq!(text.contains(caution), b.unattributed, "{text}");
        let remark = "of the samples have no stack";
        assert_eq!(
            text.matches(remark).count(),
            1 + usize::from(unattributed_s.is_some())
        );
        b.unattributed
    };
    assert!(!said(None));
    assert!(!said(Some(0.5)));
    assert!(said(Some(1.0)));
    // Nearly all signals lost, and filled in from the clocks of threads.
    assert!(said(Some(12.9)));
}

#[test]
fn allocations_between_two_snapshots_have_a_cost_per_request() {
    // 64 B in use and so many allocated since the process began, 1 MiB each.
    let heap = |second: i64, parsed: i64, burnt: i64| {
        let of = |stack: &'static str, objects: i64| (stack, objects);
        let mut taken = Taken::heap();
        taken.began_ns = 1_767_268_800_000_000_000 + second * 1_000_000_000;
        for (stack, objects) in [of("main;parse", parsed), of("main;burn", burnt)] {
            taken = taken.with_values(stack, &[objects, objects << 20, 1, 64]);
        }
        taken
    };
    let names = ["service-heap-play-25.pb.gz", "service-heap-play-45.pb.gz"];
    let taken = |burnt: i64| {
        let early = (names[0], heap(25, 5_000, 7));
        vec![early, (names[1], heap(45, 8_000, 7 + burnt))]
    };
    let comparison = compare(taken(0), taken(600));
    let kinds = comparison.profiles.iter();
    let kinds: Vec<&str> = kinds.map(|p| &*p.subject.as_ref().unwrap().kind).collect();
    assert_eq!(kinds, ["allocations", "heap"]);
    let report = &comparison.profiles[0];
    assert_eq!(
        (report.basis, &*report.sample_type),
        (Basis::PerRequest, "alloc_space")
    );
    let top = &report.moves[0];
    assert_eq!((&*top.function, top.verdict), ("burn", MoveVerdict::Grew));
    // 600 MiB over 12,000 requests.
    let bytes = f64::from(600 << 20) / 12_000.0;
    assert!((top.difference / bytes - 1.0).abs() < 1e-3, "{top:?}");
    let heap = &comparison.profiles[1];
    assert_eq!((heap.basis, heap.findings().count()), (Basis::Amount, 0));
}

#[test]
fn snapshots_of_one_side_are_not_added_up() {
    let in_use = |bytes: i64| Taken::heap().with_values("main;parse", &[1, bytes, 1, bytes]);
    let side = |sizes: [i64; 2]| {
        let taken = sizes.map(|size| {
            Captured::bare(
                String::from("heap.pb.gz"),
                read(&in_use(size).bytes()).unwrap(),
            )
        });
        taken.to_vec()
    };
    let report = |new: &[Captured], base| {
        let base = Some(("older", base)).filter(|(_, base): &(_, &[Captured])| !base.is_empty());
        ProfileReport::of(None, ("newer", new), base, None).unwrap()
    };
    let (new, base) = (side([100 << 20, 300 << 20]), side([40 << 20, 60 << 20]));
    let alone = report(&new, &[]);
    let mean = f64::from(200 << 20);
    assert_eq!((alone.new.total, alone.functions[0].flat), (mean, mean));
    let both = report(&new, &base);
    let more = f64::from(150 << 20);
    assert_eq!(
        (both.functions[0].flat, both.moves[0].difference),
        (more, more)
    );
}

#[test]
fn a_damaged_profile_is_noted_and_the_report_stands() {
    let mut b = run("phase9", vec![(PLAY, service(0))]);
    b.profiles
        .push(("events-cpu-play-25.pb.gz".into(), b"not found".to_vec()));
    let a = run("phase8", vec![(PLAY, service(0))]);
    let comparison = compared(&a, &b, &CompareOptions::default());
    assert_eq!(comparison.profiles.len(), 1);
    let [damaged] = &comparison.damaged_profiles[..] else {
        panic!("{:?}", comparison.damaged_profiles);
    };
    assert_eq!(damaged.side, Some(Side::B));
    assert_eq!(damaged.file, "profiles/events-cpu-play-25.pb.gz");
    let page = html(&build(&comparison)).unwrap();
    assert!(page.contains("Profiles that cannot be used"));
}

#[test]
fn every_sentence_of_profiles_has_its_values() {
    let full = cpu().with("main;serve", 3_960);
    let heap = |bytes: i64| Taken::heap().with_values("main;parse", &[5, bytes, 1, bytes]);
    let snapshot = "service-heap-play-25.pb.gz";
    let mut missing = service(0);
    missing.comments = vec!["process_cpu_nanoseconds=17000000000".into()];
    for (a, b) in [
        ((PLAY, service(0)), (PLAY, service(360))),
        ((PLAY, service(0)), (PLAY, service(0))),
        ((PLAY, full), (PLAY, missing)),
        ((snapshot, heap(1 << 20)), (snapshot, heap(3 << 20))),
    ] {
        let comparison = compare(vec![a], vec![b]);
        let document = build(&comparison);
        check(&comparison, &document);
        let of_profiles = document.claims();
        let of_profiles = of_profiles.filter(|(section, _)| section.starts_with("profile-"));
        // What it comes to, what moved, and by what that is told.
        assert!(of_profiles.count() >= 3);

        let report = &comparison.profiles[0];
        assert!(check(report, &profile(report, 10)) >= 5);
    }
    let alone = ProfileReport::of(
        None,
        (
            "a",
            &[Captured::bare(
                "a.pb.gz",
                read(&service(9).bytes()).unwrap(),
            )],
        ),
        None,
        None,
    );
    let alone = alone.unwrap();
    assert!(check(&alone, &profile(&alone, 10)) >= 3);
}

#[test]
fn the_section_of_the_report() {
    let comparison = compare(vec![(PLAY, service(0))], vec![(PLAY, service(360))]);
    let document = build(&comparison);
    let text = markdown(&document, "charts").text;
    let from = text.find("\n## Profiles").unwrap();
    let until = text.find("\n## Findings").unwrap();
    // Where the record lies is another place each time.
    let place = Regex::new(r"\S+/phase8/profiles").unwrap();
    let told = place.replace_all(&text[from..until], "RECORD/profiles");
    insta::assert_snapshot!(told);
    let page = html(&document).unwrap();
    Page::parse(&page).unwrap().check_ids().unwrap();
    assert_eq!(page.matches("<script>").count(), 2);
    assert!(!page.contains("00A0\""), "a placeholder colour");
}

#[test]
fn a_hostile_name_is_only_a_name() {
    let hostile = |samples: i64| {
        let names = "<script>alert(1)</script>;\" onload=\"x;</title><img src=x>;`a|b`\u{1b}[31m\n";
        vec![(PLAY, cpu().with(names, 100).with("main", samples))]
    };
    let comparison = compare(hostile(100), hostile(400));
    let report = &comparison.profiles[0];
    for document in [build(&comparison), profile(report, 10)] {
        let page = html(&document).unwrap();
        assert_eq!(page.matches("<script>").count(), 2);
        Page::parse(&page).unwrap().check_known().unwrap();
        for (_, svg) in markdown(&document, "charts").files {
            Page::parse(std::str::from_utf8(&svg).unwrap()).unwrap();
        }
    }
    assert!(!profile_for_terminal(report, 10).contains('\u{1b}'));
}

#[test]
fn what_the_terminal_says() {
    let side = |burn: i64| {
        let profile = read(&service(burn).bytes()).unwrap();
        vec![Captured::bare("cpu.pb.gz", profile)]
    };
    let (new, base) = (side(360), side(0));
    let alone = ProfileReport::of(None, ("new.pb.gz", &new), None, None).unwrap();
    let against = Some(("old.pb.gz", &*base));
    let both = ProfileReport::of(None, ("new.pb.gz", &new), against, None).unwrap();
    insta::assert_snapshot!(format!(
        "{}\n{}",
        profile_for_terminal(&alone, 3),
        profile_for_terminal(&both, 10)
    ));
    let figure = flame_graph(&both).unwrap();
    insta::assert_snapshot!(
        figure
            .drawing
            .standalone(&figure.title, &figure.description)
    );
    for report in [&alone, &both] {
        let page = html(&profile(report, 10)).unwrap();
        assert!(page.contains("id=\"verdict\"") && page.contains("id=\"provenance\""));
    }
}

#[test]
fn the_largest_profiles_make_a_report_of_less_than_3_mb() {
    let names = ["service", "events", "mock"].map(|name| format!("{name}-cpu-play-25.pb.gz"));
    let bytes = taken::many(1_500, 30, &cpu());
    let side = |phase: &str| {
        let mut run = run(phase, vec![]);
        let profiles = names.iter().map(|name| (name.clone(), bytes.clone()));
        run.profiles = profiles.collect();
        run
    };
    let comparison = compared(&side("phase8"), &side("phase9"), &CompareOptions::default());
    assert_eq!(comparison.profiles.len(), 3);
    let page = html(&build(&comparison)).unwrap();
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
    assert!(page.contains("Not drawn: "));
}

#[test]
fn a_response_time_is_linked_to_what_moved_with_it_and_to_nothing_else() {
    let slower = |claim_us: f64, burn: i64| {
        let mut b = run("phase9", vec![(PLAY, service(burn))]);
        b.action("claim").median_us = claim_us;
        let a = run("phase8", vec![(PLAY, service(0))]);
        let comparison = compared(&a, &b, &CompareOptions::default());
        let linked = comparison.correlations.iter();
        let linked: Vec<String> = linked
            .map(|correlation| match &correlation.with {
                Correlated::Function { function, .. } => {
                    format!("{}: {function}", correlation.action)
                }
                other => format!("{other:?}"),
            })
            .collect();
        let text = markdown(&build(&comparison), "charts").text;
        assert_eq!(
            linked.is_empty(),
            !text.contains("| correlated |"),
            "{text}"
        );
        linked
    };
    assert_eq!(slower(60_000.0, 360), ["claim: shop::burn"]);
    // It got faster while a function took more: no link.
    assert!(slower(8_000.0, 360).is_empty());
    assert!(slower(20_000.0, 360).is_empty());
    assert!(slower(60_000.0, 0).is_empty());
}
