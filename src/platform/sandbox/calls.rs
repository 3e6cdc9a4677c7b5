//! Which system calls can be made, with seccomp.
//!
//! Any other call fails as on a kernel that does not have it: libraries handle that.

use std::collections::BTreeMap;

use libc::c_long;
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule,
};

/// What files, sockets, timers and memory need. None of them starts a process or a thread.
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
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_newfstatat,
    libc::SYS_pidfd_open,
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
    libc::SYS_chown,
    libc::SYS_epoll_wait,
    libc::SYS_lstat,
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

/// Of the control socket and of the metrics file.
const MODES: [u32; 3] = [0o600, 0o644, 0o660];
/// Set user ID, set group ID, sticky.
const SPECIAL_BITS: u32 = 0o7000;

pub(super) fn restrict() -> Result<&'static str, String> {
    let filter = filter().map_err(|error| error.to_string())?;
    match seccompiler::apply_filter(&filter) {
        Ok(()) => Ok("in force"),
        Err(error) => Err(format!("refused: {error}")),
    }
}

fn filter() -> Result<BpfProgram, BackendError> {
    let mut rules: BTreeMap<c_long, Vec<SeccompRule>> = BTreeMap::new();
    for &call in ALLOWED.iter().chain(ALLOWED_HERE) {
        // Without a rule, any arguments match.
        rules.insert(call, Vec::new());
    }
    let no_code = || without_bits(2, unsigned(libc::PROT_EXEC));
    let sockets = [unsigned(libc::AF_UNIX), unsigned(libc::AF_NETLINK)];
    rules.insert(libc::SYS_socket, one_of(0, &sockets)?);
    rules.insert(libc::SYS_socketpair, one_of(0, &[unsigned(libc::AF_UNIX)])?);
    rules.insert(libc::SYS_ioctl, one_of(1, &[FIONBIO, TCGETS])?);
    // Landlock does not restrict modes, and the filter sees no paths.
    rules.insert(libc::SYS_fchmod, one_of(1, &MODES)?);
    rules.insert(libc::SYS_fchmodat, one_of(2, &MODES)?);
    rules.insert(libc::SYS_mkdirat, without_bits(2, SPECIAL_BITS)?);
    rules.insert(libc::SYS_openat, without_bits(3, SPECIAL_BITS)?);
    #[cfg(target_arch = "x86_64")]
    {
        rules.insert(libc::SYS_chmod, one_of(1, &MODES)?);
        rules.insert(libc::SYS_mkdir, without_bits(1, SPECIAL_BITS)?);
        rules.insert(libc::SYS_open, without_bits(2, SPECIAL_BITS)?);
    }
    // To see whether a process is there, and to end itself.
    rules.insert(libc::SYS_kill, one_of(1, &[0])?);
    rules.insert(libc::SYS_tgkill, one_of(0, &[std::process::id()])?);
    rules.insert(libc::SYS_mmap, no_code()?);
    rules.insert(libc::SYS_mprotect, no_code()?);
    let no_such_call = SeccompAction::Errno(unsigned(libc::ENOSYS));
    let architecture = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, no_such_call, SeccompAction::Allow, architecture)?.try_into()
}

/// The argument has one of these values.
fn one_of(argument: u8, values: &[u32]) -> Result<Vec<SeccompRule>, BackendError> {
    let rules = values
        .iter()
        .map(|&value| rule(argument, SeccompCmpOp::Eq, value));
    rules.collect()
}

/// The argument has none of these bits.
fn without_bits(argument: u8, bits: u32) -> Result<Vec<SeccompRule>, BackendError> {
    let rule = rule(argument, SeccompCmpOp::MaskedEq(bits.into()), 0)?;
    Ok(vec![rule])
}

/// Compares the lower half of an argument: the kernel takes 32 bits of all that are compared here.
fn rule(argument: u8, operator: SeccompCmpOp, value: u32) -> Result<SeccompRule, BackendError> {
    let condition =
        SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value.into())?;
    SeccompRule::new(vec![condition])
}

const fn unsigned(constant: i32) -> u32 {
    constant.unsigned_abs()
}
