using System.Globalization;

namespace Capibara6.Core.Sandbox.Local;

/// <summary>
/// The steps from a process of this machine to one in the sandbox, each by util-linux's programs. Outermost first: become
/// nobody if one is root; new namespaces, in which one is root over nothing; a root folder of one's own; limits; a second user namespace,
/// in which one is nobody again and can't undo any of it; no new rights ever.
/// </summary>
internal static class LocalScript
{
    /// <summary>Where the code is, seen from inside.</summary>
    public const string CodeFile = "/tmp/main";

    /// <summary>First line of the error stream when everything is set up.</summary>
    public const string Ready = "sandbox-ready";

    private const string Nobody = "65534";

    /// <summary>The whole command. Its standard input is the code.</summary>
    public static IReadOnlyList<string> Command(IEnumerable<string> program, SandboxOptions options) =>
    [
        .. LocalMachine.IsRoot ? [LocalMachine.PathOf("setpriv")!, $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"] : Array.Empty<string>(),
        LocalMachine.PathOf("unshare")!, "--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child", "--net", "--ipc", "--uts", "--cgroup",
        "sh", "-c", SetUp(options), "sandbox",
        .. program,
    ];

    // exit 125 with a reason before the mark is a failure of the sandbox; after it, everything is the code's.
    private static string SetUp(SandboxOptions options) => string.Create(CultureInfo.InvariantCulture, $$"""
        set -eu
        fail() { echo "$1 could not be set up" >&2; exit 125; }
        mount -t tmpfs -o mode=755,size=1m,nr_inodes=256,nosuid,nodev sandbox /tmp || fail 'a file system'
        cd /tmp
        mkdir usr proc dev tmp etc old
        for place in bin sbin lib lib32 lib64 libx32; do
          if [ -L /$place ]; then ln -s "$(readlink /$place)" $place
          elif [ -d /$place ]; then
            mkdir $place
            mount --rbind /$place $place && mount -o remount,bind,ro,nosuid,nodev $place || fail "/$place"
          fi
        done
        mount --rbind /usr usr && mount -o remount,bind,ro,nosuid,nodev usr || fail /usr
        for device in null zero full random urandom; do
          : > dev/$device
          mount --bind /dev/$device dev/$device || fail "/dev/$device"
        done
        ln -s /proc/self/fd dev/fd
        mount -t proc -o nosuid,nodev,noexec,subset=pid proc proc 2>/dev/null || :
        mount -t tmpfs -o mode=777,size={{options.FilesMiB}}m,nr_inodes=1024,nosuid,nodev work tmp || fail /tmp
        echo 'sandbox:x:1000:1000::/tmp:/bin/sh' > etc/passwd
        cat > tmp/main
        pivot_root . old || fail 'a root of its own'
        cd /tmp
        umount -l /old && rmdir /old || fail 'a root alone'
        mount -o remount,bind,ro / || fail 'a read-only root'
        unset OLDPWD
        echo {{Ready}} >&2
        exec timeout -s KILL {{options.WallTime.TotalSeconds + 2}} \
          prlimit --cpu={{Math.Ceiling(options.CpuTime.TotalSeconds) + 1}}:{{Math.Ceiling(options.CpuTime.TotalSeconds) + 2}} --as={{2L * options.MemoryMiB * 1024 * 1024}} \
            --nproc={{options.Processes + 1}} --fsize={{(long)options.FilesMiB * 1024 * 1024}} --nofile=64 --core=0 --msgqueue=0 --memlock=0 \
          unshare --user --map-user=1000 --map-group=1000 \
          setpriv --no-new-privs --inh-caps=-all --ambient-caps=-all "$@" </dev/null
        """);
}
