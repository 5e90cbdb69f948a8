//! Stacks on their way from the signal handler to whoever counts them.
//!
//! The room is static, since a handler may neither allocate nor wait. It is not touched, and so takes
//! no memory, before the first profile.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

/// Most functions of a stack; of deeper ones the innermost are kept.
const DEPTH: usize = 192;
/// Stacks between two drains: of a hundred busy cores at the highest frequency.
const SLOTS: usize = 2048;
/// Where a handler looks for room before it gives up.
const PROBES: usize = 16;

const FREE: u32 = 0;
const BEING_FILLED: u32 = 1;
const FULL: u32 = 2;

/// Room for stacks.
pub(super) struct StackSlots {
    next: AtomicUsize,
    /// Ticks whose stacks found no room.
    lost: AtomicU64,
    slots: [Slot; SLOTS],
}

struct Slot {
    state: AtomicU32,
    token: AtomicU64,
    ticks: AtomicU64,
    depth: AtomicUsize,
    addresses: [AtomicUsize; DEPTH],
}

impl StackSlots {
    #[allow(
        clippy::large_stack_arrays,
        reason = "it is evaluated by the compiler, into a static"
    )]
    pub(super) const fn new() -> Self {
        Self {
            next: AtomicUsize::new(0),
            lost: AtomicU64::new(0),
            slots: [const { Slot::new() }; SLOTS],
        }
    }

    /// Stores what `walk` hands to its argument, until that says that there is no more room.
    ///
    /// Can be called by a signal handler: it takes no lock and always ends.
    pub(super) fn put(
        &self,
        token: u64,
        ticks: u64,
        walk: impl FnOnce(&mut dyn FnMut(usize) -> bool),
    ) {
        let Some(slot) = self.claim() else {
            self.lost.fetch_add(ticks, Ordering::Relaxed);
            return;
        };
        let mut depth = 0;
        walk(&mut |address| {
            let Some(room) = slot.addresses.get(depth) else {
                return false;
            };
            room.store(address, Ordering::Relaxed);
            depth += 1;
            true
        });
        slot.token.store(token, Ordering::Relaxed);
        slot.ticks.store(ticks, Ordering::Relaxed);
        slot.depth.store(depth, Ordering::Relaxed);
        slot.state.store(FULL, Ordering::Release);
    }

    fn claim(&self) -> Option<&Slot> {
        (0..PROBES).find_map(|_| {
            let next = self.next.fetch_add(1, Ordering::Relaxed);
            let slot = &self.slots[next % SLOTS];
            let claimed = slot.state.compare_exchange(
                FREE,
                BEING_FILLED,
                Ordering::Acquire,
                Ordering::Relaxed,
            );
            claimed.is_ok().then_some(slot)
        })
    }

    /// Hands every stack over, with its token and its ticks, and has room for others then.
    pub(super) fn drain(&self, mut each: impl FnMut(u64, u64, &[usize])) {
        let mut stack = Vec::with_capacity(DEPTH);
        for slot in &self.slots {
            if slot.state.load(Ordering::Acquire) != FULL {
                continue;
            }
            let depth = slot.depth.load(Ordering::Relaxed);
            let addresses = slot.addresses.iter().take(depth);
            stack.clear();
            stack.extend(addresses.map(|address| address.load(Ordering::Relaxed)));
            let token = slot.token.load(Ordering::Relaxed);
            let ticks = slot.ticks.load(Ordering::Relaxed);
            slot.state.store(FREE, Ordering::Release);
            each(token, ticks, &stack);
        }
    }

    /// Ticks without a stack since the last call.
    pub(super) fn take_lost(&self) -> u64 {
        self.lost.swap(0, Ordering::Relaxed)
    }
}

impl Slot {
    const fn new() -> Self {
        Self {
            state: AtomicU32::new(FREE),
            token: AtomicU64::new(0),
            ticks: AtomicU64::new(0),
            depth: AtomicUsize::new(0),
            addresses: [const { AtomicUsize::new(0) }; DEPTH],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static STACKS: StackSlots = StackSlots::new();

    #[test]
    fn what_is_put_is_drained_once_and_what_has_no_room_is_counted() {
        for n in 0..SLOTS as u64 + 5 {
            STACKS.put(n, 2, |push| {
                let mut pushed = 0;
                while push(pushed + 1) {
                    pushed += 1;
                }
                assert_eq!(pushed, DEPTH);
            });
        }
        let mut tokens = Vec::new();
        STACKS.drain(|token, ticks, stack| {
            assert_eq!((ticks, stack.len(), stack[0]), (2, DEPTH, 1));
            tokens.push(token);
        });
        assert_eq!(tokens, (0..SLOTS as u64).collect::<Vec<_>>());
        assert_eq!(STACKS.take_lost(), 10);
        STACKS.drain(|_, _, _| panic!("drained twice"));
        STACKS.put(1, 1, |_| ());
        STACKS.drain(|token, _, stack| assert_eq!((token, stack), (1, &[][..])));
    }
}
