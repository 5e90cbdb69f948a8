//! The functions that a thread is in, by the chain of frame pointers.
//!
//! A function of a library that was built without frame pointers hides the one that called it, and
//! nothing else: its register still holds the frame of a caller, or else something that is no frame.
//! That a word can be read is asked of the kernel before it is read.

use libc::{c_int, c_void, ucontext_t};

/// No function has more on the stack.
const LARGEST_FRAME: usize = 1 << 20;
/// Or a multiple of it.
const PAGE: usize = 4096;

/// Where a thread was when it was interrupted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Registers {
    /// The next instruction.
    instruction: usize,
    /// Where the caller's frame is written down, if it is.
    frame: usize,
    /// The end of the stack.
    stack: usize,
}

impl Registers {
    /// What the handler of a signal was told as its third argument.
    ///
    /// # Safety
    ///
    /// `context` must be that argument.
    #[cfg(target_arch = "x86_64")]
    pub(super) unsafe fn of(context: *const c_void) -> Self {
        // SAFETY: the caller's promise.
        let registers = unsafe { &(*context.cast::<ucontext_t>()).uc_mcontext.gregs };
        let register = |index: c_int| registers[index as usize] as usize;
        Self {
            instruction: register(libc::REG_RIP),
            frame: register(libc::REG_RBP),
            stack: register(libc::REG_RSP),
        }
    }

    /// What the handler of a signal was told as its third argument.
    ///
    /// # Safety
    ///
    /// `context` must be that argument.
    #[cfg(target_arch = "aarch64")]
    pub(super) unsafe fn of(context: *const c_void) -> Self {
        // SAFETY: the caller's promise.
        let registers = unsafe { &(*context.cast::<ucontext_t>()).uc_mcontext };
        Self {
            instruction: registers.pc as usize,
            frame: registers.regs[29] as usize,
            stack: registers.sp as usize,
        }
    }
}

/// Most functions of [`here`].
const DEPTH_HERE: usize = 128;

/// Where the calling thread is: the addresses to which its calls return, the innermost first.
#[inline(never)]
pub(crate) fn here() -> Box<[usize]> {
    let frame: usize;
    // SAFETY: copies a register.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        std::arch::asm!("mov {}, rbp", out(reg) frame, options(nomem, nostack, preserves_flags));
        #[cfg(target_arch = "aarch64")]
        std::arch::asm!("mov {}, x29", out(reg) frame, options(nomem, nostack, preserves_flags));
    }
    let mut stack = Vec::with_capacity(DEPTH_HERE);
    follow(frame.wrapping_sub(1), frame, &mut |address| {
        stack.push(address);
        stack.len() < DEPTH_HERE
    });
    stack.into()
}

/// Hands the instruction and then the return addresses to `push`, the innermost first, until that
/// returns `false` or there are no more.
pub(super) fn walk(registers: Registers, push: &mut dyn FnMut(usize) -> bool) {
    if push(registers.instruction) {
        follow(registers.stack.wrapping_sub(1), registers.frame, push);
    }
}

/// Does so with the return addresses from `frame` on, which lies above `below`.
fn follow(mut below: usize, mut frame: usize, push: &mut dyn FnMut(usize) -> bool) {
    let mut readable = ReadablePage::default();
    while follows(below, frame) && readable.holds(frame) {
        let frame_words = frame as *const [usize; 2];
        // SAFETY: aligned to both words, which are in one page, and that can be read. A frame pointer
        // that is none could point into memory that another thread gives back in this moment; one
        // that looks like a frame of this stack and is within reach of it is part of it.
        let [outer, returns_to] = unsafe { frame_words.read_volatile() };
        if returns_to == 0 || !push(returns_to) {
            return;
        }
        (below, frame) = (frame, outer);
    }
}

/// Can `frame` be that of a caller? Frames are aligned by the calling conventions, and callers lie above.
fn follows(below: usize, frame: usize) -> bool {
    frame.is_multiple_of(16) && frame.wrapping_sub(below).wrapping_sub(1) < LARGEST_FRAME
}

/// The page that was last found readable.
#[derive(Default)]
struct ReadablePage(Option<usize>);

impl ReadablePage {
    fn holds(&mut self, address: usize) -> bool {
        let page = address & !(PAGE - 1);
        if self.0 != Some(page) {
            if !can_be_read(page) {
                return false;
            }
            self.0 = Some(page);
        }
        true
    }
}

/// Asks the kernel to read a signal mask there, and to do what it does not know with it: whether the
/// mask can be read is found out first, and nothing else happens.
fn can_be_read(address: usize) -> bool {
    const UNKNOWN: c_int = -1;
    // The kernel's, which has a bit for each of 64 signals.
    const MASK_BYTES: usize = 8;
    // SAFETY: the kernel checks what it reads, and writes nothing.
    unsafe {
        libc::syscall(
            libc::SYS_rt_sigprocmask,
            UNKNOWN,
            address as *const c_void,
            std::ptr::null_mut::<c_void>(),
            MASK_BYTES,
        );
        *libc::__errno_location() == libc::EINVAL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(registers: Registers, expected: &[usize]) {
        let mut stack = Vec::new();
        walk(registers, &mut |address| {
            stack.push(address);
            stack.len() < 10
        });
        assert_eq!(stack, expected, "{registers:?}");
    }

    #[repr(align(16))]
    struct Stack([usize; 8]);

    #[test]
    fn a_chain_is_followed_to_its_end_and_no_further() {
        let mut stack = Stack([0; 8]);
        let at = |stack: &Stack, word: usize| (&raw const stack.0[word]).expose_provenance();
        let [second, third] = [4, 6].map(|word| at(&stack, word));
        stack.0[2..6].copy_from_slice(&[second, 101, third, 102]);
        let registers = |frame| Registers {
            instruction: 100,
            frame,
            stack: at(&stack, 0),
        };
        check(registers(at(&stack, 2)), &[100, 101, 102]);
        check(registers(at(&stack, 4)), &[100, 102]);
        // None of these is a frame: not aligned, below the stack, far above it, nowhere.
        check(registers(at(&stack, 3)), &[100]);
        check(registers(at(&stack, 0) - 16), &[100]);
        check(registers(at(&stack, 0) + 2 * LARGEST_FRAME), &[100]);
        check(registers(0), &[100]);

        // One that points to itself, or back, would never end.
        stack.0[4] = at(&stack, 2);
        let registers = Registers {
            instruction: 100,
            frame: at(&stack, 2),
            stack: at(&stack, 0),
        };
        check(registers, &[100, 101, 102]);
    }

    #[test]
    fn here_is_in_this_function() {
        let stack = here();
        let mut names = Vec::new();
        for address in &stack {
            backtrace::resolve(std::ptr::without_provenance_mut(*address), |symbol| {
                names.extend(symbol.name().map(|name| name.to_string()));
            });
        }
        let test = names
            .iter()
            .position(|name| name.contains("here_is_in_this_function"));
        assert!(test.is_some(), "{names:#?}");
        assert!(names.len() > 3, "{names:#?}");
    }

    #[test]
    fn what_cannot_be_read_is_not_read() {
        let stack = Stack([0; 8]);
        assert!(can_be_read((&raw const stack).addr()));
        assert!(!can_be_read(PAGE));
        let nowhere = Registers {
            instruction: 100,
            frame: PAGE * 2,
            stack: PAGE,
        };
        check(nowhere, &[100]);
    }
}
