//! Where the stacks of a profile begin: at whoever is worth naming.

/// A function of a stack, as the profile has it.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(heap_profiles),
    allow(
        dead_code,
        reason = "the allocator is told by the file, the library by the name"
    )
)]
pub(super) struct Frame<'a> {
    /// As people write it.
    pub(super) name: &'a str,
    /// As the linker writes it.
    pub(super) system_name: &'a str,
    /// The source file; empty where nobody knows.
    pub(super) file: &'a str,
}

/// The innermost part of stacks, which says nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct LeftOut {
    /// Such a function goes, and with it whatever lies inside of it.
    pub(super) through: fn(Frame<'_>) -> bool,
    /// Next to that these go, up to the first that is none of them.
    pub(super) then: fn(Frame<'_>) -> bool,
}

/// What goes with all that lies inside of it lies no deeper.
const INNERMOST: usize = 32;

impl LeftOut {
    /// Where a stack begins, of which `places` are the ids, the innermost first: the position of a
    /// place, and that of a function among its `frames`, of which the inlined ones come first. None
    /// where nobody else is known.
    pub(super) fn begin<'a, F>(
        &self,
        places: &[u64],
        frames: impl Fn(u64) -> F,
    ) -> Option<(usize, usize)>
    where
        F: DoubleEndedIterator<Item = Frame<'a>>,
    {
        let innermost = &places[..places.len().min(INNERMOST)];
        // What is inlined belongs to the function that holds it.
        let holder = |place: &u64| frames(*place).next_back();
        let through = innermost
            .iter()
            .rposition(|place| holder(place).is_some_and(self.through));
        let after = through.map_or(0, |last| last + 1);
        let rest = &places[after..];
        if rest.is_empty() {
            return None;
        }
        let named = rest.iter().enumerate().find_map(|(i, place)| {
            let inlined = frames(*place).position(|frame| !(self.then)(frame))?;
            Some((after + i, inlined))
        });
        // Better one of these than nobody.
        Some(named.unwrap_or((after, 0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places part at `/`, what is inlined at a place at `+`; expected is the rest in the same form.
    fn check(stack: &str, expected: Option<&str>) {
        let left_out = LeftOut {
            through: |frame| frame.name.starts_with("malloc"),
            then: |frame| frame.name.starts_with("vec"),
        };
        let places: Vec<Vec<&str>> = stack.split('/').map(|at| at.split('+').collect()).collect();
        let ids: Vec<u64> = (0..places.len() as u64).collect();
        let begin = left_out.begin(&ids, |id| {
            places[id as usize].iter().map(|name| Frame {
                name,
                system_name: name,
                file: "",
            })
        });
        let rest = begin.map(|(place, inlined)| {
            let mut rest: Vec<String> = places[place..].iter().map(|at| at.join("+")).collect();
            rest[0] = places[place][inlined..].join("+");
            rest.join("/")
        });
        assert_eq!(rest.as_deref(), expected, "{stack}");
    }

    #[test]
    fn a_stack_begins_at_whoever_asked() {
        check("walk/malloc/vec_grow/list/main", Some("list/main"));
        check(
            "walk+note/prepare+malloc/vec_grow+vec_push+list/main",
            Some("list/main"),
        );
        check(
            "vec_grow+list+vec_map+view/main",
            Some("list+vec_map+view/main"),
        );
        // What is further out was not asked for.
        check("malloc/list/vec_sort/main", Some("list/vec_sort/main"));
        check("list/main", Some("list/main"));
        // The holder counts, and not what it inlines.
        check("malloc+list/main", Some("malloc+list/main"));
    }

    #[test]
    fn a_stack_of_nobody_else_says_so() {
        check("walk/malloc", None);
        check("malloc/vec_grow/vec_push", Some("vec_grow/vec_push"));
    }

    #[test]
    fn a_function_of_the_same_name_far_out_leaves_the_stack_whole() {
        let stack = format!("list{}/malloc_by_hand/main", "/call".repeat(INNERMOST));
        check(&stack, Some(&stack));
    }
}
