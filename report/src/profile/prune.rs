//! Frames that a profile itself asks to leave out: those of the allocator in heap profiles of C++.

use regex::Regex;

use super::model::Profile;

/// Leaves out what lies inside of a function that matches `drop` and not `keep`, and the function
/// itself, unless nothing lies outside of it.
///
/// As pprof, nothing is left out where the profile's expression is none.
pub(super) fn prune(profile: &mut Profile, drop: &str, keep: &str) {
    let Ok(drop) = Regex::new(&format!("^({drop})$")) else {
        return;
    };
    let keep = match keep {
        "" => None,
        keep => match Regex::new(&format!("^({keep})$")) {
            Ok(keep) => Some(keep),
            Err(_) => return,
        },
    };
    let unwanted: Vec<bool> = profile
        .functions
        .iter()
        .map(|function| {
            let name = without_arguments(&function.name);
            let kept = |keep: &Regex| keep.is_match(name);
            !name.is_empty() && drop.is_match(name) && !keep.as_ref().is_some_and(kept)
        })
        .collect();
    let cuts: Vec<Cut> = (0..profile.locations.len())
        .map(|location| cut(profile, location, &unwanted))
        .collect();
    for stack in &mut profile.samples {
        let locations = &profile.stacks[stack.start as usize..stack.end as usize];
        let mut outside = false;
        // From the outermost one inwards, up to the first to be cut.
        for (i, location) in locations.iter().enumerate().rev() {
            match cuts[*location as usize] {
                Cut::Nowhere => outside = true,
                Cut::Whole if outside => {
                    stack.start += i as u32 + 1;
                    break;
                }
                Cut::Inside if outside => {
                    stack.start += i as u32;
                    break;
                }
                Cut::Whole | Cut::Inside => {}
            }
        }
    }
}

/// Where a stack ends that comes through a location.
#[derive(Clone, Copy)]
enum Cut {
    Nowhere,
    /// Before it.
    Whole,
    /// With those of its functions that are left.
    Inside,
}

fn cut(profile: &mut Profile, location: usize, unwanted: &[bool]) -> Cut {
    let range = &mut profile.locations[location];
    let frames = &profile.frames[range.start as usize..range.end as usize];
    match frames.iter().rposition(|f| unwanted[*f as usize]) {
        None => Cut::Nowhere,
        Some(outermost) if outermost + 1 == frames.len() => Cut::Whole,
        Some(i) => {
            range.start += i as u32 + 1;
            Cut::Inside
        }
    }
}

/// `a::b(int)` is `a::b`; what C++ writes in brackets by itself stays.
fn without_arguments(name: &str) -> &str {
    let name = name.strip_prefix('.').unwrap_or(name);
    let mut at = 0;
    while let Some(found) = name[at..].find('(') {
        let bracket = at + found;
        if name[bracket..].starts_with("(anonymous namespace)") {
            at = bracket + 1;
        } else if name[..bracket].ends_with("operator") && name[bracket..].starts_with("()") {
            at = bracket + 2;
        } else {
            return &name[..bracket];
        }
    }
    name
}
