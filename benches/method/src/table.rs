//! Markdown tables.

/// A table whose first columns are words.
pub(crate) fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let heads: Vec<String> = heads.iter().map(|&head| head.to_owned()).collect();
    let rule = vec!["---".to_owned(); heads.len()];
    let rows: String = rows.iter().map(|row| line(row)).collect();
    line(&heads) + &line(&rule) + &rows
}

/// A share, with what it may be off by: two standard errors of `n` draws.
pub(crate) fn share(hits: usize, n: usize) -> String {
    if n == 0 {
        return "not measured".to_owned();
    }
    let share = hits as f64 / n as f64;
    let off_by = 2.0 * (share * (1.0 - share) / n as f64).sqrt();
    format!("{:.1} ± {:.1} %", 100.0 * share, 100.0 * off_by)
}

/// A share in percent.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}
