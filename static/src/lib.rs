//! What the static macveil does without: it defines functions of the C libraries under their own names,
//! so that the linker does not take theirs, nor all that hangs on them.
//!
//! - **Backtraces.** The shipped binary is stripped, so its frames have no names to print; still the
//!   standard library would bring readers for ELF, DWARF and zlib along (180 kB). A panic says what
//!   happened and where, and aborts, as ever.
//! - **The bounds of the main stack**, which the C library reads with `sscanf` (120 kB). They serve to
//!   call a stack overflow by its name; without them it is an ordinary segmentation fault.
//!
//! A crate of its own, because to define a symbol counts as unsafe, and macveil forbids that. Nothing
//! here reads or writes memory. Should a C library ever need more of these names, the link fails with a
//! duplicate symbol rather than going wrong.
//!
//! Where panics unwind, as in tests, this crate is empty.
#![cfg(panic = "abort")]

use std::ffi::{c_int, c_void};

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
