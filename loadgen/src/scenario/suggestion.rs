//! What somebody may have meant.

/// "did you mean …", or the list of what there is.
pub(crate) fn suggestion<'a>(word: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let nearest = known
        .clone()
        .map(|k| (strsim::damerau_levenshtein(word, k), k))
        .min()
        .filter(|(distance, k)| *distance <= k.len().max(word.len()) / 2);
    match nearest {
        Some((_, nearest)) => format!("did you mean {nearest:?}?"),
        None => format!("there is {}", known.collect::<Vec<_>>().join(", ")),
    }
}
