//! Changes that a text claims: `52% faster`, `a 10x reduction`.

use super::figure::{Figure, Unit, figures, last_nonzero};
use super::range::Range;

/// A change that is claimed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Claim {
    pub(super) figure: Figure,
    pub(super) direction: Direction,
    /// As it was written, with its word.
    pub(super) text: String,
    /// Where its word ends.
    pub(super) end: usize,
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// Less time.
    Faster,
    /// More time.
    Slower,
    /// Less of it.
    Less,
    /// More of it.
    More,
    /// Either.
    Better,
}

const WORDS: [(&str, Direction); 38] = [
    ("faster", Direction::Faster),
    ("quicker", Direction::Faster),
    ("speedup", Direction::Faster),
    ("speed-up", Direction::Faster),
    ("slower", Direction::Slower),
    ("slowdown", Direction::Slower),
    ("reduction", Direction::Less),
    ("reduced", Direction::Less),
    ("decrease", Direction::Less),
    ("decreased", Direction::Less),
    ("drop", Direction::Less),
    ("dropped", Direction::Less),
    ("fewer", Direction::Less),
    ("less", Direction::Less),
    ("lower", Direction::Less),
    ("smaller", Direction::Less),
    ("saved", Direction::Less),
    ("savings", Direction::Less),
    ("saving", Direction::Less),
    ("lowered", Direction::Less),
    ("shrunk", Direction::Less),
    ("cut", Direction::Less),
    ("cuts", Direction::Less),
    ("greater", Direction::More),
    ("increase", Direction::More),
    ("increased", Direction::More),
    ("rise", Direction::More),
    ("more", Direction::More),
    ("higher", Direction::More),
    ("larger", Direction::More),
    ("bigger", Direction::More),
    ("degradation", Direction::Slower),
    ("improvement", Direction::Better),
    ("improved", Direction::Better),
    ("better", Direction::Better),
    ("gain", Direction::Better),
    ("boost", Direction::Better),
    ("worse", Direction::More),
];

/// So many words may stand between a figure and its direction: "99 % latency reduction".
const WORDS_BETWEEN: usize = 2;

/// Every claim of `text`, in order. A bound claims nothing that two figures contradict for certain.
pub(super) fn claims(text: &str) -> Vec<Claim> {
    figures(text)
        .into_iter()
        .filter(|figure| is_of_a_change(figure, text))
        .filter_map(|figure| {
            let before = direction_before(&text[..figure.at.0]).map(|d| (d, figure.at.1));
            let (direction, end) = before.or_else(|| direction_after(text, figure.at.1))?;
            let text = text[figure.at.0..end].to_owned();
            Some(Claim {
                figure,
                direction,
                text,
                end,
            })
        })
        .collect()
}

fn is_of_a_change(figure: &Figure, text: &str) -> bool {
    let after = text[figure.at.1..].trim_start().to_lowercase();
    let points = ["point", "percentage point", "pp"];
    let of_change = matches!(figure.unit, Unit::Percent | Unit::Factor);
    of_change && !figure.bound && !points.iter().any(|word| after.starts_with(word))
}

fn direction_of(word: &str) -> Option<Direction> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '-');
    let word = word.to_lowercase();
    let found = WORDS.iter().find(|(known, _)| *known == word);
    found.map(|(_, direction)| *direction)
}

fn direction_after(text: &str, start: usize) -> Option<(Direction, usize)> {
    let mut end = start;
    for word in text[start..].split_inclusive(' ').take(WORDS_BETWEEN + 2) {
        if let Some(direction) = direction_of(word) {
            let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric());
            return Some((direction, end + bare.len()));
        }
        // Another clause, or another figure, has words of its own.
        let bare = word.trim_start_matches(|c: char| !c.is_alphanumeric());
        if word.contains(['(', ')', ';', '.', ':', '|'])
            || bare.starts_with(|c: char| c.is_ascii_digit())
        {
            return None;
        }
        end += word.len();
    }
    None
}

/// `reduced by 36 %`, `a reduction of 36 %`.
fn direction_before(before: &str) -> Option<Direction> {
    let mut words = before.split_whitespace().rev();
    match words.next()? {
        "by" | "of" => direction_of(words.next()?),
        _ => None,
    }
}

impl Claim {
    /// A factor in a column of gains, which needs no word.
    pub(super) fn of_a_gain(figure: Figure) -> Self {
        Self {
            text: figure.text.clone(),
            end: figure.at.1,
            figure,
            direction: Direction::Better,
        }
    }

    /// What the claim can mean between two values of which neither is known to come first.
    fn meanings(&self, a: Range, b: Range) -> Vec<Range> {
        let (small, large) = if a.middle() <= b.middle() {
            (a, b)
        } else {
            (b, a)
        };
        let ratio = large.over(small);
        let one = Range::exact(1.0);
        let less = small
            .over(large)
            .map(|share| one.minus(share).scaled(100.0));
        let more = ratio.map(|ratio| ratio.minus(one).scaled(100.0));
        let meanings = match (self.figure.unit, self.direction) {
            // Of a speed as well as of a time.
            (Unit::Percent, Direction::Faster | Direction::Better) => [less, more],
            (Unit::Percent, Direction::Less) => [less, None],
            (Unit::Percent, _) => [more, None],
            // "3x more" is said of both.
            (_, Direction::More) => [ratio, ratio.map(|ratio| ratio.minus(one))],
            _ => [ratio, None],
        };
        meanings.into_iter().flatten().collect()
    }

    /// What it says: "10x" and "50 %" are round figures, and others may be cut off.
    fn claimed(&self) -> Range {
        const ROUND_PERCENT: f64 = 5.0;
        let Figure {
            value, last_digit, ..
        } = self.figure;
        let strict = self.figure.loosely();
        let half = match self.figure.unit {
            Unit::Factor => last_nonzero(value) / 2.0,
            _ if last_digit >= 1.0 && value % ROUND_PERCENT <= 0.0 => ROUND_PERCENT / 2.0,
            _ => 0.0,
        };
        Range {
            low: strict.low.min(value - half),
            high: strict.high.max(value + half),
        }
    }

    /// Can it be true of a change between these two? None where they cannot tell.
    pub(super) fn holds(&self, a: Range, b: Range) -> Option<bool> {
        let meanings = self.meanings(a, b);
        let claimed = self.claimed();
        (!meanings.is_empty()).then(|| meanings.iter().any(|meaning| claimed.meets(*meaning)))
    }

    /// The two in the order of its direction.
    pub(super) fn in_order<'a>(&self, a: &'a Figure, b: &'a Figure) -> [&'a Figure; 2] {
        let falls = match self.direction {
            Direction::Faster | Direction::Less => true,
            Direction::Better => a.unit == Unit::Time,
            Direction::Slower | Direction::More => false,
        };
        // Of a rate more is faster.
        let rises = !falls || self.direction == Direction::Faster && a.unit == Unit::Count;
        if rises == (a.value <= b.value) {
            [a, b]
        } else {
            [b, a]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, Direction)]) {
        let found = claims(text);
        let found: Vec<_> = found
            .iter()
            .map(|c| (c.text.as_str(), c.direction))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn claims_have_a_word_for_their_direction() {
        use Direction::{Better, Faster, Less, More, Slower};
        check(
            "471x faster than A - 78% improvement",
            &[("471x faster", Faster), ("78% improvement", Better)],
        );
        check("99% latency reduction", &[("99% latency reduction", Less)]);
        check(
            "reduced by 12 %, a drop of 3x",
            &[("12 %", Less), ("3x", Less)],
        );
        check(
            "The 25% p95 increase; still 5x slower",
            &[("25% p95 increase", More), ("5x slower", Slower)],
        );
        check("87% success rate (12% failed)", &[]);
        // Bounds and points.
        check("up to 5x faster, 2-3x faster, over 40% less", &[]);
        check("5 percentage points more, 3% points better", &[]);
    }

    #[test]
    fn a_claim_holds_of_what_it_can_mean() {
        let pair = (Range::exact(12.72), Range::exact(2.7));
        for (text, holds) in [
            ("471x faster", false),
            ("4.7x faster", true),
            ("78% reduction", true),
            ("99% reduction", false),
            // Of the speed.
            ("371% faster", true),
            // Round.
            ("5x faster", true),
            ("80% reduction", true),
            ("85% reduction", false),
        ] {
            let claim = &claims(text)[0];
            assert_eq!(claim.holds(pair.0, pair.1), Some(holds), "{text}");
            assert_eq!(claim.holds(pair.1, pair.0), Some(holds), "{text}");
        }
        assert_eq!(
            claims("99% reduction")[0].holds(Range::exact(0.0), Range::exact(0.0)),
            None
        );
    }
}
