//! The profiler of jemalloc, see <https://jemalloc.net/jemalloc.3.html>.

use std::ffi::{CStr, c_char, c_void};
use std::io;
use std::mem::MaybeUninit;
use std::path::Path;
use std::ptr;

use tikv_jemalloc_sys::mallctl;

/// Options that jemalloc reads before `main`: it must know by then that profiles may be wanted, and
/// samples nothing before somebody [asks for it](sample_allocations). One in 2^19 bytes is sampled.
#[unsafe(export_name = "_rjem_malloc_conf")]
static MALLOC_CONF: Options =
    Options(c"prof:true,prof_active:false,prof_accum:true,lg_prof_sample:19".as_ptr());

/// A text that C finds.
#[repr(transparent)]
struct Options(*const c_char);

// SAFETY: a constant, which nobody writes.
unsafe impl Sync for Options {}

/// Samples allocations of the process from now on, or no longer. Fails where jemalloc is not the
/// allocator, or cannot.
pub(crate) fn sample_allocations(wanted: bool) -> io::Result<()> {
    // Mentioned, so that the linker takes it rather than jemalloc's own, which says nothing.
    std::hint::black_box(&MALLOC_CONF);
    // SAFETY: the type that the documentation says.
    unsafe { write(c"prof.active", wanted) }
}

/// Does it?
pub(crate) fn samples_allocations() -> bool {
    // SAFETY: the type that the documentation says.
    unsafe { read(c"prof.active") }.unwrap_or(false)
}

/// Keeps what the calling thread allocates out of profiles, for as long as it lives.
pub(crate) fn keep_this_thread_out() -> io::Result<()> {
    // SAFETY: the type that the documentation says.
    unsafe { write(c"thread.prof.active", false) }
}

/// Writes what was sampled to a file, in jemalloc's own format.
pub(crate) fn dump(path: &Path) -> io::Result<()> {
    use std::os::unix::ffi::OsStrExt as _;

    let path = std::ffi::CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: the type that the documentation says; the text is only read, during the call.
    unsafe { write(c"prof.dump", path.as_ptr()) }
}

/// # Safety
///
/// `T` must be the type of the control `name`.
unsafe fn read<T>(name: &CStr) -> io::Result<T> {
    let mut value = MaybeUninit::<T>::uninit();
    let mut size = size_of::<T>();
    // SAFETY: both pointers are valid during the call, which writes a `T` at the most.
    let outcome = unsafe {
        mallctl(
            name.as_ptr(),
            value.as_mut_ptr().cast(),
            &raw mut size,
            ptr::null_mut(),
            0,
        )
    };
    checked(outcome)?;
    // SAFETY: the call that succeeded has written it.
    Ok(unsafe { value.assume_init() })
}

/// # Safety
///
/// `T` must be the type of the control `name`.
unsafe fn write<T>(name: &CStr, mut value: T) -> io::Result<()> {
    let value: *mut c_void = (&raw mut value).cast();
    // SAFETY: the value is there during the call, and of the size that is said.
    let outcome = unsafe {
        mallctl(
            name.as_ptr(),
            ptr::null_mut(),
            ptr::null_mut(),
            value,
            size_of::<T>(),
        )
    };
    checked(outcome)
}

fn checked(outcome: i32) -> io::Result<()> {
    match outcome {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(error)),
    }
}
