//! `brunt profile` on the committed records.

#![allow(clippy::unwrap_used)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::chromium::look;
use support::records_of;

fn profile(args: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_brunt"))
        .arg("profile")
        .args(args)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Records of phase8 and phase9.
fn records() -> Vec<PathBuf> {
    records_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("results/examples/demo-sqlite"))
}

#[test]
fn two_records_by_what_their_requests_cost() {
    let temp = tempfile::tempdir().unwrap();
    let records = records();
    let [html, svg, json] = ["p.html", "p.svg", "p.json"].map(|name| temp.path().join(name));
    let option = Path::new;
    let output = profile(&[
        &records[1],
        option("--against"),
        &records[0],
        option("--html"),
        &html,
        option("--svg"),
        &svg,
        option("--json"),
        &json,
    ]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    for line in [
        "phase9 against phase8\n",
        "CPU time: ",
        " per request, -",
        "  function\n",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    assert_eq!(json["basis"], "per-request");
    assert!(std::fs::read_to_string(svg).unwrap().starts_with("<svg "));
    for width in [390, 1280] {
        let [light, dark] = [false, true].map(|dark| look(&html, width, dark));
        assert_ne!(light.background, dark.background);
        assert_eq!((light.charts, dark.charts), (2, 2));
        assert!(light.content_width <= light.window_width, "{light:?}");
    }
}

#[test]
fn the_name_of_a_baseline_stands_for_its_record() {
    let temp = tempfile::tempdir().unwrap();
    let brunt = |args: &[&str], record: &Path| {
        let output = Command::new(env!("CARGO_BIN_EXE_brunt"))
            .args(args)
            .arg(record)
            .current_dir(temp.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let records = records();
    brunt(&["baseline", "set", "old"], &records[0]);
    let said = brunt(&["profile", "--against", "old"], &records[1]);
    assert!(said.starts_with("phase9 against phase8\n"), "{said}");
    assert_eq!(
        brunt(&["profile"], Path::new("old")),
        brunt(&["profile"], &records[0])
    );
}

#[test]
fn a_file_of_a_record_has_its_requests_and_one_by_itself_has_none() {
    let temp = tempfile::tempdir().unwrap();
    let files = std::fs::read_dir(records()[1].join("profiles")).unwrap();
    let mut files = files.map(|file| file.unwrap().path());
    let inside = files.find(|file| file.to_str().unwrap().contains("-cpu-"));
    let inside = inside.unwrap();
    let said = text(&profile(&[&inside]).stdout);
    assert!(said.contains(" per request\n"), "{said}");
    let alone = temp.path().join("cpu.pb.gz");
    std::fs::copy(&inside, &alone).unwrap();
    let said = text(&profile(&[&alone]).stdout);
    assert!(
        said.contains("No cost per request: the profile belongs to no record"),
        "{said}"
    );

    let focused = profile(&[&alone, Path::new("--focus"), Path::new("^serde_json")]);
    let focused = text(&focused.stdout);
    assert!(
        said.contains("writev") && !focused.contains("writev"),
        "{focused}"
    );
    assert!(focused.contains("serde_json"), "{focused}");
}

#[test]
fn what_cannot_be_read_is_exit_2_with_the_reason() {
    let records = records();
    for (args, reason) in [
        (vec![Path::new("no-such-file")], "no-such-file"),
        (
            vec![&*records[0].join("run.json")],
            "this is no pprof protobuf",
        ),
        (
            vec![&*records[0], Path::new("--kind"), Path::new("contention")],
            "hint: it holds service allocations gameplay, service cpu gameplay",
        ),
        (
            vec![
                &*records[0],
                Path::new("--sample"),
                Path::new("alloc_space"),
            ],
            "hint: it has samples, cpu",
        ),
    ] {
        let output = profile(&args);
        assert_eq!(output.status.code(), Some(2));
        let said = text(&output.stderr);
        assert!(said.contains(reason), "{said}");
        assert_eq!(text(&output.stdout), "");
    }
}
