//! The text of a statement as a record keeps it: without literals, on one line, not too long.
//!
//! `pg_stat_statements` replaces constants by parameters, but not in every version those of commands
//! such as `alter role … password '…'`.

const LONGEST: usize = 400;

/// `sql` without what it says of data: texts and numbers become `?`, lists of such one `…`.
pub(super) fn normalised(sql: &str) -> String {
    let mut text = shortened_lists(&without_literals(sql));
    if text.chars().count() > LONGEST {
        text = text.chars().take(LONGEST).collect();
        text.push('…');
    }
    text
}

fn without_literals(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql.trim();
    while let Some(c) = rest.chars().next() {
        let in_word = text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$'));
        let (kept, length) = match c {
            '\'' => ("?", quoted(rest, '\'', escapes(&mut text))),
            '"' => {
                let length = quoted(rest, '"', false);
                text.push_str(&rest[..length]);
                ("", length)
            }
            '$' if !in_word && dollar_quoted(rest).is_some() => {
                ("?", dollar_quoted(rest).unwrap_or(1))
            }
            '-' if rest.starts_with("--") => (" ", rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => {
                (" ", rest.find("*/").map_or(rest.len(), |end| end + 2))
            }
            c if c.is_ascii_digit() && !in_word => ("?", number(rest)),
            c if c.is_whitespace() => (" ", c.len_utf8()),
            c => {
                text.push(c);
                ("", c.len_utf8())
            }
        };
        let doubled = kept == " " && (text.is_empty() || text.ends_with(' '));
        if !doubled {
            text.push_str(kept);
        }
        rest = &rest[length..];
    }
    text.truncate(text.trim_end().len());
    text
}

/// Has the text that comes an `E` before it, in which a backslash escapes? The `E` goes.
fn escapes(text: &mut String) -> bool {
    let before = text.trim_end_matches(['e', 'E']);
    let one = text.len() - before.len() == 1;
    let alone = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    if one && alone {
        text.pop();
    }
    one && alone
}

/// The length of what begins with the quote `mark`; two of them stand for one.
fn quoted(text: &str, mark: char, backslash: bool) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        if backslash && c == '\\' {
            characters.next();
        } else if c == mark {
            if characters.peek().is_some_and(|(_, next)| *next == mark) {
                characters.next();
            } else {
                return at + mark.len_utf8();
            }
        }
    }
    // It was cut off.
    text.len()
}

/// The length of a `$tag$…$tag$` that `text` begins with.
fn dollar_quoted(text: &str) -> Option<usize> {
    let end = text[1..].find('$')? + 2;
    let tag = &text[..end];
    let inside = &tag[1..tag.len() - 1];
    let fits = |c: char| c.is_alphanumeric() || c == '_';
    if inside.starts_with(|c: char| c.is_ascii_digit()) || !inside.chars().all(fits) {
        return None;
    }
    let close = text[end..].find(tag);
    Some(close.map_or(text.len(), |at| end + at + tag.len()))
}

fn number(text: &str) -> usize {
    let of_number = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
    text.find(|c| !of_number(c)).unwrap_or(text.len())
}

/// `($1, $2, $3)` is `($1, …)`, and `($1, …), ($4, …)` is `($1, …), …`: inserts of ten rows and of
/// twelve are one statement.
fn shortened_lists(text: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    let mut placeholders = 0;
    for part in text.split_inclusive([',', '(', ')']) {
        let bare = part.trim_end_matches([',', '(', ')']).trim();
        let is_place = bare == "?"
            || bare
                .strip_prefix('$')
                .is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()));
        if !is_place && out.last() == Some(&" …") {
            out.push(",");
        }
        placeholders = if is_place { placeholders + 1 } else { 0 };
        match placeholders {
            0 | 1 => out.push(part),
            2 => {
                out.push(" …");
                out.extend(part.ends_with(')').then_some(")"));
            }
            _ => out.extend(part.ends_with(')').then_some(")")),
        }
    }
    let text = out.concat();
    shortened_rows(&text)
}

fn shortened_rows(text: &str) -> String {
    let Some(values) = text.to_ascii_lowercase().find("values") else {
        return text.to_owned();
    };
    let (head, rows) = text.split_at(values);
    let Some(first_end) = rows.find(')') else {
        return text.to_owned();
    };
    let (first, mut rest) = rows.split_at(first_end + 1);
    let mut more = false;
    while let Some(next) = rest.trim_start().strip_prefix(',') {
        let Some(end) = next
            .trim_start()
            .strip_prefix('(')
            .and_then(|row| row.find(')'))
        else {
            break;
        };
        let inside = &next.trim_start()[1..=end];
        if inside.contains('(') {
            break;
        }
        rest = &next.trim_start()[end + 2..];
        more = true;
    }
    format!("{head}{first}{}{rest}", if more { ", …" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn texts_are_kept_without_their_data() {
        for (sql, want) in [
            (
                "select *\n  from progress -- all\n where user_id = $1",
                "select * from progress where user_id = $1",
            ),
            (
                "alter role app password 'it''s secret'",
                "alter role app password ?",
            ),
            (r"select E'a\'b', 'c'", "select ?, ?"),
            (
                "select $$a 'b'$$, $tag$c$tag$ from t1",
                "select ?, ? from t1",
            ),
            (
                "select 1.5e3 from \"odd 'name'\" limit 10",
                "select ? from \"odd 'name'\" limit ?",
            ),
            ("set x to 'cut off", "set x to ?"),
            ("/* why */ select a.b2 from c", "select a.b2 from c"),
            (
                "select * from t where id in ($1, $2, $3)",
                "select * from t where id in ($1, …)",
            ),
            (
                "insert into t (a, b) values ($1, $2), ($3, $4), ($5, $6) on conflict do nothing",
                "insert into t (a, b) values ($1, …), … on conflict do nothing",
            ),
            (
                "insert into t values ($1, $2, case when $3 then $4 end, $5)",
                "insert into t values ($1, …, case when $3 then $4 end, $5)",
            ),
            (
                "insert into t values ($1, now())",
                "insert into t values ($1, now())",
            ),
        ] {
            assert_eq!(normalised(sql), want, "{sql}");
        }
    }

    #[test]
    fn long_ones_are_cut_off() {
        let long = normalised(&format!("select {}", "ä, ".repeat(1_000)));
        assert_eq!(long.chars().count(), 401);
        assert!(long.ends_with('…'));
    }
}
