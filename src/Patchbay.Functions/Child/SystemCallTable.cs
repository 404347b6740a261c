using System.Runtime.InteropServices;

namespace Patchbay.Functions.Child;

/// <summary>A call's number on x86-64 and on arm64; negative where there is none.</summary>
internal readonly record struct SystemCallNumber(string Name, int X64, int Arm64)
{
    /// <summary>The number on the machine that this runs on.</summary>
    public int Here => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? Arm64 : X64;
}

/// <summary>Which calls a confined process may make, and by which it is tried. Numbers from the kernel's tables.</summary>
internal static class SystemCallTable
{
    public static readonly SystemCallNumber Seccomp = new("seccomp", 317, 277);
    public static readonly SystemCallNumber Clone = new("clone", 56, 220);
    public static readonly SystemCallNumber Clone3 = new("clone3", 435, 435);
    public static readonly SystemCallNumber ThreadKill = new("tgkill", 234, 131);
    public static readonly SystemCallNumber Prctl = new("prctl", 157, 167);
    public static readonly SystemCallNumber ProcessLimit = new("prlimit64", 302, 261);
    public static readonly SystemCallNumber SetAffinity = new("sched_setaffinity", 203, 122);
    public static readonly SystemCallNumber ExitGroup = new("exit_group", 231, 94);
    public static readonly SystemCallNumber Map = new("mmap", 9, 222);

    /// <summary>
    /// What the runtime needs to go on: memory, threads, signals to itself, clocks, randomness, and the descriptors that are open. The most
    /// frequent first, since the filter looks from the top.
    /// </summary>
    public static readonly SystemCallNumber[] Allowed =
    [
        new("futex", 202, 98), new("read", 0, 63), new("write", 1, 64), new("madvise", 28, 233), Map, new("mprotect", 10, 226),
        new("munmap", 11, 215), new("sched_yield", 24, 124), new("clock_gettime", 228, 113), new("clock_nanosleep", 230, 115),
        new("nanosleep", 35, 101), new("rt_sigprocmask", 14, 135), new("rt_sigreturn", 15, 139), new("rt_sigaction", 13, 134),
        new("sigaltstack", 131, 132), new("brk", 12, 214), new("mremap", 25, 216), new("mincore", 27, 232), new("membarrier", 324, 283),
        new("getpid", 39, 172), new("gettid", 186, 178), new("getcpu", 309, 168), new("getrusage", 98, 165), new("sysinfo", 99, 179),
        new("getrandom", 318, 278), new("gettimeofday", 96, 169), new("time", 201, -1), new("clock_getres", 229, 114),
        new("sched_getaffinity", 204, 123), new("set_robust_list", 273, 99), new("rseq", 334, 293), new("restart_syscall", 219, 128),
        new("pipe2", 293, 59), new("poll", 7, -1), new("ppoll", 271, 73), new("close", 3, 57), new("fstat", 5, 80), new("lseek", 8, 62), new("exit", 60, 93), ExitGroup,
    ];

    /// <summary>What a confined process is seen to fail with: one at least of each kind of way out.</summary>
    public static readonly SystemCallNumber[] Refused =
    [
        new("openat", 257, 56), new("openat2", 437, 437), new("open", 2, -1), new("unlinkat", 263, 35), new("mkdirat", 258, 34),
        new("readlinkat", 267, 78), new("newfstatat", 262, 79), new("statx", 332, 291), new("chdir", 80, 49), new("memfd_create", 319, 279),
        new("socket", 41, 198), new("socketpair", 53, 199), new("connect", 42, 203), new("bind", 49, 200), new("sendto", 44, 206),
        new("dup", 32, 23), new("ioctl", 16, 29), new("fork", 57, -1), new("vfork", 58, -1),
        new("execve", 59, 221), new("execveat", 322, 281), new("kill", 62, 129), new("ptrace", 101, 117), new("process_vm_readv", 310, 270),
        new("process_vm_writev", 311, 271), new("pidfd_open", 434, 434), new("mount", 165, 40), new("unshare", 272, 97), new("setns", 308, 268),
        new("bpf", 321, 280), new("perf_event_open", 298, 241), new("io_uring_setup", 425, 425), new("userfaultfd", 323, 282),
        new("keyctl", 250, 219), new("add_key", 248, 217), new("shmget", 29, 194), new("msgget", 68, 186), new("mq_open", 180, 180),
        new("inotify_init1", 294, 26), new("setpriority", 141, 140), new("sched_setscheduler", 144, 119), new("setuid", 105, 146),
    ];
}
