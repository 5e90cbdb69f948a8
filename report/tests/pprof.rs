//! The values of `go tool pprof -top` and `-diff_base`, on the committed profiles and on those in the folder
//! that `BRUNT_PPROF_DIR` names.
//!
//! Compares the 50 largest functions of every profile, of every sample type, and of every two profiles of
//! a folder that have the same sample types. Needs Go; where there is none, says that it was left out.

#![allow(clippy::unwrap_used)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use brunt_report::profile::{Profile, Top, read};

const MOST: usize = 50;

/// What both print of one function.
#[derive(Debug, PartialEq)]
struct Line {
    flat: String,
    cum: String,
    function: String,
}

fn ours(top: &Top) -> Vec<Line> {
    let scale = top.scale();
    let rows = top.shown().take(MOST);
    rows.map(|row| Line {
        flat: scale.write(row.flat),
        cum: scale.write(row.cum),
        function: row.function.clone(),
    })
    .collect()
}

fn gos(kind: &str, base: Option<&Path>, profile: &Path) -> Vec<Line> {
    let mut go = Command::new("go");
    // Without a look for binaries, which are not there.
    go.args(["tool", "pprof", "-top", "-symbolize=none"]);
    go.arg(format!("-sample_index={kind}"));
    if let Some(base) = base {
        go.arg("-diff_base").arg(base);
    }
    let out = go.arg(profile).output().unwrap();
    let complaints = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{}: {complaints}", profile.display());
    let text = String::from_utf8(out.stdout).unwrap();
    let lines = text.lines().skip_while(|line| !line.contains("flat%"));
    lines.skip(1).take(MOST).map(line).collect()
}

/// `4.78s 16.07% 16.07%  4.78s 16.07%  runtime.nextFreeFast (inline)`
fn line(printed: &str) -> Line {
    let mut columns = printed.split_whitespace();
    let flat = columns.next().unwrap();
    let cum = columns.nth(2).unwrap();
    let (_, name) = printed.split_once("%  ").unwrap_or_default();
    let name = name.rsplit("%  ").next().unwrap_or_default();
    let name = name.trim_end_matches(" (inline)");
    Line {
        flat: spelled(flat),
        cum: spelled(cum),
        function: name.trim_end_matches(" (partial-inline)").to_owned(),
    }
}

/// `4.78s` as brunt writes it.
fn spelled(value: &str) -> String {
    let unit = value.find(|c: char| c.is_ascii_alphabetic());
    let Some(unit) = unit else {
        return value.to_owned();
    };
    let (digits, unit) = value.split_at(unit);
    let unit = match unit {
        "kB" => "KiB",
        "MB" => "MiB",
        "GB" => "GiB",
        "hrs" => "h",
        same => same,
    };
    format!("{digits} {unit}")
}

/// The profiles of each set: those of the committed demo, and whichever are given.
fn sets() -> Vec<Vec<(PathBuf, Profile)>> {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../results/examples/demo-postgres");
    let records = files(&demo, Path::is_dir);
    let committed = records.iter().map(|record| record.join("profiles"));
    let committed = committed.filter(|folder| folder.is_dir());
    let committed = committed.flat_map(|folder| files(&folder, Path::is_file));
    let mut sets = vec![committed.collect()];
    let given = std::env::var_os("BRUNT_PPROF_DIR");
    sets.extend(given.map(|folder| files(Path::new(&folder), Path::is_file)));
    sets.into_iter().map(read_all).collect()
}

fn files(folder: &Path, wanted: fn(&Path) -> bool) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| wanted(path));
    paths.sort();
    paths
}

fn read_all(paths: Vec<PathBuf>) -> Vec<(PathBuf, Profile)> {
    let read = |path: PathBuf| {
        let bytes = std::fs::read(&path).unwrap();
        let profile = read(&bytes).unwrap();
        (path, profile)
    };
    paths.into_iter().map(read).collect()
}

fn check(top: &Top, printed: &[Line], path: &Path) -> usize {
    let ours = ours(top);
    for (ours, printed) in ours.iter().zip(printed) {
        assert_eq!(ours, printed, "{}", path.display());
    }
    assert_eq!(ours.len(), printed.len(), "{}", path.display());
    ours.len()
}

/// How many functions of the profiles agree.
fn compare(profiles: &[(PathBuf, Profile)]) -> usize {
    let mut compared = 0;
    for (path, profile) in profiles {
        for (i, kind) in profile.kinds.iter().enumerate() {
            let top = Top::of(profile, i);
            compared += check(&top, &gos(&kind.name, None, path), path);
            for (other, base) in profiles {
                if other == path || base.kinds != profile.kinds {
                    continue;
                }
                let top = Top::difference(profile, base, i).unwrap();
                compared += check(&top, &gos(&kind.name, Some(other), path), path);
            }
        }
    }
    compared
}

#[test]
fn as_go_tool_pprof_prints_them() {
    if Command::new("go").arg("version").output().is_err() {
        let given = std::env::var_os("BRUNT_PPROF_DIR");
        assert!(
            given.is_none(),
            "BRUNT_PPROF_DIR is set, but Go is not installed"
        );
        // Past the capture of the test's output: nobody is to take this for a success.
        let said = "LEFT OUT: go tool pprof beside brunt's own figures; there is no Go (apt-get install golang-go)\n";
        std::io::stderr().write_all(said.as_bytes()).unwrap();
        return;
    }
    for profiles in sets() {
        let compared = compare(&profiles);
        assert!(compared > 0, "{} profiles", profiles.len());
        println!("{compared} functions of {} profiles agree", profiles.len());
    }
}
