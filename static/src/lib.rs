//! What the static macveil does without: it defines functions of the C libraries under their own names,
//! so that the linker does not take theirs, nor all that hangs on them.
//!
//! - **Backtraces.** The shipped binary is stripped, so its frames have no names to print; still the
//!   standard library would bring readers for ELF, DWARF and zlib along (180 kB). A panic says what
//!   happened and where, and aborts, as ever.
//! - **The bounds of the main stack**, which the C library reads with `sscanf` (120 kB). They serve to
//!   call a stack overflow by its name; without them it is an ordinary segmentation fault.
//! - **Printing by the C library**, which only its own complaints do (a failed assertion, statistics of
//!   its allocator). With it come streams, locales, conversions between character sets, and a loader
//!   for more of those (300 kB). An assertion that fails still aborts, without its words; an errno that
//!   has no name is told by its number alone.
//!
//! - **The C locale's tables of likenesses** (which letters may stand for one that a character set lacks,
//!   50 kB), of use to conversions only. The classes of ASCII, by which its numbers are read, are here.
//! - **The loader of libraries** (40 kB): a static program has none to load.
//!
//! A crate of its own, because to define a symbol counts as unsafe, and macveil forbids that. Nothing
//! here reads or writes memory. Should a C library ever need more of these names, the link fails with a
//! duplicate symbol rather than going wrong.
//!
//! Where panics unwind, as in tests, this crate is empty.
#![cfg(panic = "abort")]

mod ascii;

use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;

/// `_URC_END_OF_STACK` of the Itanium C++ ABI.
const END_OF_STACK: c_int = 5;

/// No frames: what asks for a backtrace gets an empty one, and its printer is dead code.
// SAFETY: the name and the type are those of the Itanium C++ ABI (Level I).
#[unsafe(no_mangle)]
pub extern "C" fn _Unwind_Backtrace(_visit: *const c_void, _argument: *mut c_void) -> c_int {
    END_OF_STACK
}

/// Not known, which is an answer that the standard library takes.
// SAFETY: the name and the type are those of pthread_getattr_np(3); nothing is written, as on any failure.
#[unsafe(no_mangle)]
pub extern "C" fn pthread_getattr_np(_thread: usize, _attributes: *mut c_void) -> c_int {
    const ENOSYS: c_int = 38;
    ENOSYS
}

/// Nothing can be looked up by its name; what the standard library looks for, it can do without.
// SAFETY: the name and the type are those of dlsym(3); null is what it answers when there is no such symbol.
#[unsafe(no_mangle)]
pub extern "C" fn dlsym(_handle: *mut c_void, _name: *const c_char) -> *mut c_void {
    null_mut()
}

/// A message in the only language there is.
// SAFETY: the name and the type are those of glibc's dcgettext(3), which answers with the message itself
// where there is no translation.
#[unsafe(no_mangle)]
pub extern "C" fn __dcgettext(
    _domain: *const c_char,
    message: *const c_char,
    _category: c_int,
) -> *const c_char {
    message
}

/// A stream of the C library's that nothing is written to: see `prints_nothing`.
// SAFETY: the name is that of stderr(3); whoever takes its value only hands it to functions below.
#[unsafe(no_mangle)]
pub static stderr: usize = 0;

/// How the C locale turns wide characters into bytes: not at all, because nothing prints any. The real
/// one brings all conversions along, and the loader for more of them.
// SAFETY: the name and the size are those of glibc's `struct gconv_fcts`: two pointers with a count each.
#[unsafe(no_mangle)]
pub static __wcsmbs_gconv_fcts_c: [usize; 4] = [0; 4];

/// Nothing is classified through the locale of the thread, which this would set up.
// SAFETY: the name and the type are those of glibc's __ctype_init(3); whoever needed the pointers that it
// sets would bring the real one along, and the link would fail.
#[unsafe(no_mangle)]
pub extern "C" fn __ctype_init() {}

/// The rest of the C locale's classes, which nothing looks at.
// SAFETY: the name is that of glibc's `struct __locale_data` for LC_CTYPE, and the size at least its size.
#[unsafe(no_mangle)]
pub static _nl_C_LC_CTYPE: [u64; 128] = [0; 128];

/// Where libraries would be looked for.
// SAFETY: the name is glibc's; it is called once at the start, and its result is for the loader of libraries.
#[unsafe(no_mangle)]
pub extern "C" fn _dl_init_paths() {}

/// What fails, prints nothing.
macro_rules! prints_nothing {
    ($($name:ident)*) => {$(
        /// Fails, as where there is no room.
        // SAFETY: the name is the C library's; its arguments are not looked at.
        #[unsafe(no_mangle)]
        pub extern "C" fn $name() -> c_int {
            -1
        }
    )*};
}

prints_nothing! {
    fprintf
    __snprintf
    _IO_fputs
    fwrite
}

/// What only unwinding calls, be it ours or that of the C library's cleanup.
macro_rules! never_called {
    ($($name:ident)*) => {$(
        /// Aborts.
        // SAFETY: the name is of the Itanium C++ ABI; its arguments are not looked at and it does not return.
        #[unsafe(no_mangle)]
        pub extern "C" fn $name() -> ! {
            std::process::abort()
        }
    )*};
}

// All of them, used today or not: the one that is missing would bring the C library's whole set along.
never_called! {
    __assert_fail
    _dl_runtime_profile_avx
    _dl_runtime_profile_avx512
    _dl_runtime_profile_sse
    _dl_runtime_resolve_fxsave
    _dl_runtime_resolve_xsave
    _dl_runtime_resolve_xsavec
    _Unwind_DeleteException
    _Unwind_FindEnclosingFunction
    _Unwind_ForcedUnwind
    _Unwind_GetCFA
    _Unwind_GetDataRelBase
    _Unwind_GetGR
    _Unwind_GetIP
    _Unwind_GetIPInfo
    _Unwind_GetLanguageSpecificData
    _Unwind_GetRegionStart
    _Unwind_GetTextRelBase
    _Unwind_RaiseException
    _Unwind_Resume
    _Unwind_Resume_or_Rethrow
    _Unwind_SetGR
    _Unwind_SetIP
}
