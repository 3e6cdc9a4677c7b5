//! Which system calls can be made, with seccomp.
//!
//! The others are answered as by a kernel that does not have them: libraries know how to live with that.

use libc::c_long;
use seccompiler::{BpfProgram, sock_filter};

// linux/audit.h
#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: u32 = 0xc000_00b7;
#[cfg(target_arch = "riscv64")]
const ARCHITECTURE: u32 = 0xc000_00f3;

/// What files, sockets, timers and memory need. Nothing in it begins a process or a thread.
const ALLOWED: &[c_long] = &[
    libc::SYS_accept4,
    libc::SYS_bind,
    libc::SYS_brk,
    libc::SYS_capget,
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_close,
    libc::SYS_connect,
    libc::SYS_dup,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_epoll_pwait2,
    libc::SYS_eventfd2,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_fcntl,
    libc::SYS_fdatasync,
    libc::SYS_flock,
    libc::SYS_fstat,
    libc::SYS_fsync,
    libc::SYS_ftruncate,
    libc::SYS_futex,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_getegid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getpeername,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_getsockname,
    libc::SYS_getsockopt,
    libc::SYS_gettid,
    libc::SYS_gettimeofday,
    libc::SYS_getuid,
    libc::SYS_inotify_add_watch,
    libc::SYS_inotify_init1,
    libc::SYS_inotify_rm_watch,
    libc::SYS_listen,
    libc::SYS_lseek,
    libc::SYS_madvise,
    libc::SYS_mkdirat,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_newfstatat,
    libc::SYS_openat,
    libc::SYS_ppoll,
    libc::SYS_pread64,
    libc::SYS_pwrite64,
    libc::SYS_read,
    libc::SYS_readlinkat,
    libc::SYS_readv,
    libc::SYS_recvfrom,
    libc::SYS_recvmmsg,
    libc::SYS_recvmsg,
    libc::SYS_renameat2,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_sendmmsg,
    libc::SYS_sendmsg,
    libc::SYS_sendto,
    libc::SYS_setsockopt,
    libc::SYS_shutdown,
    libc::SYS_sigaltstack,
    libc::SYS_statx,
    libc::SYS_timerfd_create,
    libc::SYS_timerfd_gettime,
    libc::SYS_timerfd_settime,
    libc::SYS_uname,
    libc::SYS_unlinkat,
    libc::SYS_utimensat,
    libc::SYS_write,
    libc::SYS_writev,
];

/// The names that only some architectures have for the same.
#[cfg(target_arch = "x86_64")]
const ALLOWED_HERE: &[c_long] = &[
    libc::SYS_access,
    libc::SYS_chmod,
    libc::SYS_chown,
    libc::SYS_epoll_wait,
    libc::SYS_lstat,
    libc::SYS_mkdir,
    libc::SYS_open,
    libc::SYS_poll,
    libc::SYS_readlink,
    libc::SYS_rename,
    libc::SYS_renameat,
    libc::SYS_stat,
    libc::SYS_time,
    libc::SYS_unlink,
];
#[cfg(target_arch = "aarch64")]
const ALLOWED_HERE: &[c_long] = &[libc::SYS_renameat];
#[cfg(target_arch = "riscv64")]
const ALLOWED_HERE: &[c_long] = &[];

/// Sockets are made non-blocking with it.
const FIONBIO: u32 = 0x5421;
/// To see whether a file is a terminal.
const TCGETS: u32 = 0x5401;

pub(super) fn restrict() -> Result<&'static str, String> {
    match seccompiler::apply_filter(&filter()) {
        Ok(()) => Ok("in force"),
        // The error's own words would be kilobytes of program for what hardly happens.
        Err(_) => Err(format!("refused: {}", std::io::Error::last_os_error())),
    }
}

/// Written out, because the crate's compiler would be 16 kB of program.
fn filter() -> BpfProgram {
    let mut filter = vec![load(OFFSET_ARCHITECTURE)];
    filter.extend(unless_equal(
        ARCHITECTURE,
        &[answer(libc::SECCOMP_RET_KILL_PROCESS)],
    ));
    filter.push(load(OFFSET_CALL));
    for &call in ALLOWED.iter().chain(ALLOWED_HERE) {
        filter.extend(when_equal(number(call), &[ALLOW]));
    }
    let conditions = [
        (
            libc::SYS_socket,
            one_of(0, &[unsigned(libc::AF_UNIX), unsigned(libc::AF_NETLINK)]),
        ),
        (libc::SYS_socketpair, one_of(0, &[unsigned(libc::AF_UNIX)])),
        (libc::SYS_ioctl, one_of(1, &[FIONBIO, TCGETS])),
        // To see whether a process is there, and to end itself.
        (libc::SYS_kill, one_of(1, &[0])),
        (libc::SYS_tgkill, one_of(0, &[std::process::id()])),
        (libc::SYS_mmap, none_of(2, unsigned(libc::PROT_EXEC))),
        (libc::SYS_mprotect, none_of(2, unsigned(libc::PROT_EXEC))),
    ];
    for (call, condition) in conditions {
        filter.extend(when_equal(number(call), &condition));
    }
    filter.push(DENY);
    filter
}

/// The argument has one of these values.
fn one_of(argument: u32, values: &[u32]) -> Vec<sock_filter> {
    let mut condition = vec![load(offset(argument))];
    for &value in values {
        condition.extend(when_equal(value, &[ALLOW]));
    }
    condition.push(DENY);
    condition
}

/// The argument has none of these bits.
fn none_of(argument: u32, bits: u32) -> Vec<sock_filter> {
    vec![
        load(offset(argument)),
        jump(libc::BPF_JSET, bits, 1, 0),
        ALLOW,
        DENY,
    ]
}

const ALLOW: sock_filter = answer(libc::SECCOMP_RET_ALLOW);
const DENY: sock_filter = answer(libc::SECCOMP_RET_ERRNO | unsigned(libc::ENOSYS));

// struct seccomp_data, linux/seccomp.h
const OFFSET_CALL: u32 = 0;
const OFFSET_ARCHITECTURE: u32 = 4;

/// Of an argument's lower half: all that are looked at are 32 bits wide for the kernel.
const fn offset(argument: u32) -> u32 {
    16 + 8 * argument + if cfg!(target_endian = "big") { 4 } else { 0 }
}

/// Goes on behind `then` if what was loaded has another value.
fn when_equal(value: u32, then: &[sock_filter]) -> Vec<sock_filter> {
    let first = jump(libc::BPF_JEQ, value, 0, length(then));
    [&[first], then].concat()
}

fn unless_equal(value: u32, then: &[sock_filter]) -> Vec<sock_filter> {
    let first = jump(libc::BPF_JEQ, value, length(then), 0);
    [&[first], then].concat()
}

/// Too far a jump would lead out of the filter, which the kernel refuses then.
fn length(instructions: &[sock_filter]) -> u8 {
    u8::try_from(instructions.len()).unwrap_or(u8::MAX)
}

const fn load(offset: u32) -> sock_filter {
    instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset, 0, 0)
}

const fn jump(test: u32, value: u32, yes: u8, no: u8) -> sock_filter {
    instruction(libc::BPF_JMP | test | libc::BPF_K, value, yes, no)
}

const fn answer(verdict: u32) -> sock_filter {
    instruction(libc::BPF_RET | libc::BPF_K, verdict, 0, 0)
}

const fn instruction(code: u32, k: u32, jt: u8, jf: u8) -> sock_filter {
    #[allow(clippy::cast_possible_truncation, reason = "a sum of small constants")]
    let code = code as u16;
    sock_filter { code, jt, jf, k }
}

const fn unsigned(constant: i32) -> u32 {
    constant.unsigned_abs()
}

/// No call has a number of more than 32 bits.
fn number(call: c_long) -> u32 {
    u32::try_from(call).unwrap_or(u32::MAX)
}
