//! Giving everything away: resource limits, then a list of the few system calls that stay.

use std::collections::BTreeMap;
use std::io;

use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};

use crate::limits::LayerLimits;

/// Address space of a child; a large file is mapped into it.
const ADDRESS_BYTES: u64 = 6 << 30;

/// Memory of its own that a child may have.
const DATA_BYTES: u64 = 2 << 30;

/// Why a process could not be sealed off.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// A resource limit was refused.
    #[error("setting the limit of {what}")]
    Limit {
        /// The resource.
        what: &'static str,
        /// The system's answer.
        #[source]
        source: rustix::io::Errno,
    },
    /// The filter of system calls was refused.
    #[error("installing the filter of system calls")]
    Filter(#[source] seccompiler::Error),
    /// The filter could not be made for this machine.
    #[error("building the filter of system calls")]
    Build(#[source] seccompiler::BackendError),
    /// It is in force, and yet something is possible that must not be.
    #[error("the sealed process can still {what}")]
    Leaks {
        /// What.
        what: &'static str,
    },
}

/// Seals the calling process off, for ever: from here on it computes, reads and writes what is open, and nothing else.
///
/// # Errors
/// When the system refuses, or the seal does not hold; the process must end then.
pub fn seal(limits: &LayerLimits) -> Result<(), SealError> {
    // The parent's clock ends first: it knows that the time is up, and blames no file for it.
    let seconds = limits.deadline.as_secs() + 1;
    for (what, resource, bound) in [
        ("address space", Resource::As, ADDRESS_BYTES),
        ("memory", Resource::Data, DATA_BYTES),
        ("processor time", Resource::Cpu, seconds),
        ("core files", Resource::Core, 0),
        ("the size of files", Resource::Fsize, limits.spill_bytes),
        ("open files", Resource::Nofile, 8),
    ] {
        let rlimit = Rlimit { current: Some(bound), maximum: Some(bound) };
        setrlimit(resource, rlimit).map_err(|source| SealError::Limit { what, source })?;
    }
    seccompiler::apply_filter_all_threads(&filter()?).map_err(SealError::Filter)?;
    match probe().first() {
        None => Ok(()),
        Some(what) => Err(SealError::Leaks { what }),
    }
}

fn filter() -> Result<BpfProgram, SealError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
    for call in ALLOWED {
        rules.insert(*call, Vec::new());
    }
    // Memory, but never with code in it.
    let condition = SeccompCondition::new(
        2,
        SeccompCmpArgLen::Dword,
        SeccompCmpOp::MaskedEq(u64::from(libc::PROT_EXEC.unsigned_abs())),
        0,
    );
    let data_only = SeccompRule::new(vec![condition.map_err(SealError::Build)?]).map_err(SealError::Build)?;
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        rules.insert(call, vec![data_only.clone()]);
    }
    let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(SealError::Build)?;
    let denied = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let filter = SeccompFilter::new(rules, denied, SeccompAction::Allow, arch).map_err(SealError::Build)?;
    BpfProgram::try_from(filter).map_err(SealError::Build)
}

/// What a computation needs: its memory, its pipes and its one open file, the clock, and its own end.
const ALLOWED: &[i64] = &[
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_pwrite64,
    libc::SYS_lseek,
    libc::SYS_ftruncate,
    libc::SYS_fstat,
    libc::SYS_statx,
    libc::SYS_close,
    libc::SYS_fcntl,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_gettimeofday,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_tgkill,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Tries what a sealed process must not be able to do, and returns what succeeded.
#[must_use]
pub fn probe() -> Vec<&'static str> {
    let mut leaks = Vec::new();
    if !refused(std::net::UdpSocket::bind("127.0.0.1:0").map(drop)) {
        leaks.push("open a socket");
    }
    if !refused(std::os::unix::net::UnixStream::pair().map(drop)) {
        leaks.push("open a pair of sockets");
    }
    if !refused(fs_err::File::open("/proc/self/status").map(drop)) {
        leaks.push("open a file");
    }
    let file = std::env::temp_dir().join(format!(".holdfast-probe-{}", std::process::id()));
    if !refused(fs_err::File::create(&file).map(drop)) {
        leaks.push("create a file");
        let _ = fs_err::remove_file(&file);
    }
    if !refused(std::process::Command::new("/bin/true").status().map(drop)) {
        leaks.push("start a program");
    }
    leaks
}

fn refused(attempt: io::Result<()>) -> bool {
    attempt.is_err()
}
