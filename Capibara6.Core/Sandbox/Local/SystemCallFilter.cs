namespace Capibara6.Core.Sandbox.Local;

/// <summary>
/// Forbids the system calls that escapes are made of (seccomp), then becomes the program that it is told. It is a
/// Python program because that is what a machine with Python has; a machine without it has no filter.
/// </summary>
internal static class SystemCallFilter
{
    /// <summary>
    /// Numbers per architecture: ptrace, process_vm_readv, process_vm_writev, mount, umount2, pivot_root, chroot, unshare, setns, bpf, perf_event_open,
    /// userfaultfd, io_uring (3), keyctl, add_key, request_key, open_by_handle_at, name_to_handle_at, memfd_create, memfd_secret, shmget, msgget, semget,
    /// kexec_load, init_module, finit_module, delete_module, the new mount calls (8), pidfd_getfd, personality, quotactl, acct, swapon, swapoff, reboot,
    /// process_madvise, kcmp, fanotify_init, syslog. All others are let through; clone without new namespaces, socket for AF_UNIX, AF_INET and AF_INET6 only.
    /// </summary>
    public const string Program = """
        import ctypes, os, platform, struct, sys
        tables = {
            'x86_64': (0xC000003E, 56, 435, 41, (101, 310, 311, 165, 166, 155, 161, 272, 308, 321, 298, 323, 425, 426, 427, 250, 248, 249, 304, 303,
                319, 447, 29, 68, 64, 246, 175, 313, 176, 428, 429, 430, 431, 432, 433, 442, 467, 438, 135, 179, 163, 167, 168, 169, 440, 312, 300, 103)),
            'aarch64': (0xC00000B7, 220, 435, 198, (117, 270, 271, 40, 39, 41, 51, 97, 268, 280, 241, 282, 425, 426, 427, 219, 217, 218, 265, 264,
                279, 447, 194, 186, 190, 104, 105, 273, 106, 428, 429, 430, 431, 432, 433, 442, 467, 438, 92, 60, 89, 224, 225, 142, 440, 272, 262, 116)),
        }
        arch, clone, clone3, socket, forbidden = tables[platform.machine()]
        ALLOW, KILL, EPERM, ENOSYS, EAFNOSUPPORT = 0x7FFF0000, 0x80000000, 0x50001, 0x50026, 0x50061
        NAMESPACES = 0x7E020080
        def op(code, jt, jf, k): return struct.pack('HBBI', code, jt, jf, k)
        def load(offset): return op(0x20, 0, 0, offset)
        def ret(value): return op(0x06, 0, 0, value)
        def equal(value, jt, jf): return op(0x15, jt, jf, value)
        filter = [load(4), equal(arch, 1, 0), ret(KILL), load(0), op(0x35, 0, 1, 0x40000000), ret(KILL)]
        for number in forbidden: filter += [equal(number, 0, 1), ret(EPERM)]
        filter += [equal(clone3, 0, 1), ret(ENOSYS)]
        filter += [equal(clone, 0, 4), load(16), op(0x45, 0, 1, NAMESPACES), ret(EPERM), ret(ALLOW)]
        filter += [equal(socket, 0, 6), load(16), equal(1, 3, 0), equal(2, 2, 0), equal(10, 1, 0), ret(EAFNOSUPPORT), ret(ALLOW)]
        filter += [ret(ALLOW)]
        code = ctypes.create_string_buffer(b''.join(filter))
        program = ctypes.create_string_buffer(struct.pack('HxxxxxxQ', len(filter), ctypes.addressof(code)))
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.c_void_p(ctypes.addressof(program)), 0, 0):
            sys.exit('seccomp: ' + os.strerror(ctypes.get_errno()))
        os.execv(sys.argv[1], sys.argv[1:])
        """;
}
