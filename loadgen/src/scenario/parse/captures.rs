//! `[[captures]]`: profiles of the processes under load.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::mistake::Mistakes;
use super::super::suggestion::suggestion;
use super::super::table::{Table, items};
use super::super::wanted::Wanted;
use super::super::{Addresses, CaptureSpec, ProfileKind, Stage};
use super::{check_slug, tables};

const LONGEST: Duration = Duration::from_mins(2);
/// From so many on their spread is an estimate of the noise.
const WINDOWS: u32 = 3;
const MOST_WINDOWS: u64 = 10;
/// Of a stage that is named, and of one that is long.
const LENGTHS: [Duration; 2] = [Duration::from_secs(20), Duration::from_secs(30)];

pub(super) fn captures(
    root: &mut Table<'_, '_>,
    stages: &[Stage],
    mistakes: &mut Mistakes<'_>,
) -> Vec<CaptureSpec> {
    let mut captures = Vec::new();
    for mut table in tables(root, "captures", "capture", mistakes) {
        let spec = capture(&mut table, stages, mistakes);
        table.deny_unknown(mistakes);
        captures.extend(spec);
    }
    captures
}

fn capture(
    table: &mut Table<'_, '_>,
    stages: &[Stage],
    mistakes: &mut Mistakes<'_>,
) -> Option<CaptureSpec> {
    let hint = "name the process: component = \"shop\"";
    table.required("component", hint, mistakes);
    let component = table.string("component", mistakes);
    if let Some((name, span)) = &component {
        check_slug("capture: component", name, span, mistakes);
    }
    let stage = table.string("stage", mistakes);
    let duration = table.time("duration", mistakes);
    let duration = duration.unwrap_or(LENGTHS[usize::from(stage.is_none())]);
    let known = stage.as_ref().map(|(name, span)| {
        let found = stages.iter().find(|s| s.name == *name);
        if found.is_none() {
            let hint = suggestion(name, stages.iter().map(|s| s.name.as_str()));
            mistakes.add(span, format!("capture: no stage {name:?}"), hint);
        }
        found
    });
    let longest = match known {
        Some(Some(stage)) if !stage.duration.is_zero() => {
            let of_stage = format!("stage {:?} or ", stage.name);
            Some((stage.duration.min(LONGEST), of_stage))
        }
        // It is a mistake by itself.
        Some(_) => None,
        None => Some((LONGEST, String::new())),
    };
    if let Some((longest, of_stage)) = longest.filter(|(longest, _)| duration > *longest) {
        mistakes.add(
            &table.span_of("duration"),
            format!("capture: {duration:?} is longer than {of_stage}{LONGEST:?}"),
            format!("set its duration to {longest:?} or less"),
        );
    }
    let windows = windows(table, mistakes);
    let kinds = kinds(table, stage.is_some(), mistakes);
    let address = address(table, mistakes);
    let paths = paths(table, mistakes);
    let (component, _) = component?;
    let spec = CaptureSpec {
        component: component.to_owned(),
        stage: stage.as_ref().map(|(name, _)| (*name).to_owned()),
        kinds,
        duration,
        windows: windows.unwrap_or(WINDOWS),
        address,
        paths,
    };
    if let (Some(windows), Some(Some(stage))) = (windows, known)
        && spec.windows_in(stage) != windows
    {
        mistakes.add(
            &table.span_of("windows"),
            format!(
                "capture: {windows} windows of {duration:?} are more than half of what follows the warm-up of stage {:?}",
                stage.name
            ),
            "take fewer windows, or a shorter duration",
        );
    }
    Some(spec)
}

/// How many, where the scenario says so.
fn windows(table: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> Option<u32> {
    let windows = table.whole("windows", mistakes)?;
    if !(1..=MOST_WINDOWS).contains(&windows) {
        mistakes.add(
            &table.span_of("windows"),
            format!("capture: windows is {windows}"),
            format!("write a number from 1 to {MOST_WINDOWS}"),
        );
        return None;
    }
    Some(windows as u32)
}

/// Of a stage that is named a CPU profile, of long ones the heap too.
fn kinds(table: &mut Table<'_, '_>, named: bool, mistakes: &mut Mistakes<'_>) -> Vec<ProfileKind> {
    let Some(value) = table.get("kinds") else {
        let usual: &[ProfileKind] = if named {
            &[ProfileKind::Cpu]
        } else {
            &[ProfileKind::Cpu, ProfileKind::Heap]
        };
        return usual.to_vec();
    };
    let mut kinds = Vec::new();
    for item in items(value) {
        let Some(text) = item.get_ref().as_str() else {
            table.mistyped("kinds", item, Wanted::Texts, mistakes);
            continue;
        };
        match ProfileKind::ALL
            .into_iter()
            .find(|kind| kind.slug() == text)
        {
            Some(kind) if kinds.contains(&kind) => {
                let what = format!("capture: kinds has {text:?} twice");
                mistakes.add(&item.span(), what, "leave one of them out");
            }
            Some(kind) => kinds.push(kind),
            None => {
                let known = ProfileKind::ALL.iter().map(|kind| kind.slug());
                let what = format!("capture: there is no kind {text:?} of profiles");
                mistakes.add(&item.span(), what, suggestion(text, known));
            }
        }
    }
    kinds
}

fn address(table: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> String {
    let Some(text) = table.text("address", mistakes) else {
        return "admin".to_owned();
    };
    if text.value.contains("://") {
        if let Err(hint) = Addresses::check(&text.value, "admin") {
            let what = "capture: address cannot be used";
            mistakes.add(&text.span, what, text.hint(hint));
        }
    } else {
        check_slug("capture: address", text.written, &text.span, mistakes);
    }
    text.value
}

fn paths(table: &mut Table<'_, '_>, mistakes: &mut Mistakes<'_>) -> BTreeMap<ProfileKind, String> {
    let mut paths = BTreeMap::new();
    let Some(mut table) = table.table("paths", mistakes) else {
        return paths;
    };
    for kind in ProfileKind::ALL {
        let Some((path, span)) = table.string(kind.slug(), mistakes) else {
            continue;
        };
        if !path.starts_with('/') || path.parse::<http::Uri>().is_err() {
            mistakes.add(
                &span,
                format!("{}: {path:?} is no path", table.name),
                format!("write a path such as {:?}", kind.path()),
            );
        }
        paths.insert(kind, path.to_owned());
    }
    table.deny_unknown(mistakes);
    paths
}
