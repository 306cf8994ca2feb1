using System.Net;
using System.Net.Sockets;
using Capibara6.Core.Sandbox;
using Capibara6.Core.Sandbox.Code;
using Capibara6.Core.Sandbox.Local;
using Microsoft.Extensions.Options;

namespace Capibara6.Tests.Core.Sandbox.Local;

/// <summary>Ways out of the sandbox, tried with real code on this machine.</summary>
[TestClass]
public sealed class LocalSandboxTests
{
    private readonly LogRecorder _log = new();

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("python", "print(6 * 7)", "42\n")]
    [DataRow("bash", "for i in 1 2; do echo $((i * i)); done", "1\n4\n")]
    [DataRow("python", "import sys; print('ü\\0'); sys.stderr.write('careful\\n')", "ü\uFFFD\ncareful\n")]
    [DataRow("python", "open('a','w').write('x'); print(open('/tmp/a').read())", "x\n")]
    public async Task Run_Works_GivesItsOutput(string language, string code, string output)
    {
        var run = await RunAsync(language, code);
        Assert.AreEqual((RunEnd.Succeeded, output, null), (run.End, run.Output, run.Error));
    }

    [TestMethod]
    [DataRow("python", "print('before')\n1 / 0", "ZeroDivisionError")]
    [DataRow("python", "print('before'\n", "SyntaxError")]
    [DataRow("bash", "echo before; exit 3", "exit code 3")]
    [DataRow("python", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "exit code 139")]
    public async Task Run_Fails_GivesItsError(string language, string code, string error)
    {
        var run = await RunAsync(language, code);
        Assert.AreEqual(RunEnd.Failed, run.End);
        Assert.Contains(error, run.Error!);
    }

    [TestMethod]
    [DataRow("python", "while True: pass")]
    [DataRow("bash", "while :; do :; done")]
    [DataRow("python", "import time; time.sleep(100)")]
    [DataRow("bash", "trap '' TERM INT HUP; while :; do sleep 1; done")]
    [DataRow("python", "import os\nfor _ in range(4): os.fork()\nwhile True: pass")]
    public async Task Run_EndlessLoop_IsStopped(string language, string code)
    {
        var run = await RunAsync(language, code, options => (options.WallTime, options.CpuTime) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)));
        Assert.AreEqual(RunEnd.TimedOut, run.End, run.Error);
    }

    [TestMethod]
    [DataRow("bash", ":(){ :|:& };:; wait; sleep 100")]
    [DataRow("python", "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass")]
    public async Task Run_ForkBomb_StaysWithinItsProcesses(string language, string code)
    {
        var run = await RunAsync(language, code, options => options.WallTime = TimeSpan.FromSeconds(2));
        Assert.AreEqual(RunEnd.TimedOut, run.End, run.Error);
        Assert.AreEqual("works\n", (await RunAsync("bash", "echo works")).Output);

        // As many at once as are allowed, and not one more.
        var count = await RunAsync("python", "import os, time\nn = 1\ntry:\n  while n < 500:\n    if os.fork() == 0: time.sleep(30)\n    n += 1\nexcept OSError: pass\nprint(n, flush=True)\nos._exit(0)");
        Assert.IsInRange(10, 33, int.Parse(count.Output));
    }

    [TestMethod]
    [DataRow("a = []\nwhile True: a.append(bytearray(1 << 20))")]
    [DataRow("a = bytearray(1 << 40)")]
    [DataRow("import os, time\nfor _ in range(8):\n  if os.fork() == 0:\n    a = bytearray(60 << 20); time.sleep(100)\ntime.sleep(100)")]
    public async Task Run_MemoryBomb_IsStopped(string code)
    {
        var run = await RunAsync("python", code, options => options.MemoryMiB = 128);
        Assert.IsTrue(run.End is RunEnd.OutOfMemory || (run.End is RunEnd.Failed && run.Error!.Contains("MemoryError", StringComparison.Ordinal)), $"{run.End} {run.Error}");
    }

    [TestMethod]
    [DataRow("bash", "yes")]
    [DataRow("python", "import sys\nwhile True: sys.stderr.write('x' * 1000)")]
    [DataRow("python", "print('x' * 70000)")]
    public async Task Run_EndlessOutput_IsStopped(string language, string code)
    {
        var run = await RunAsync(language, code);
        Assert.AreEqual(RunEnd.TooMuchOutput, run.End);
        Assert.IsLessThanOrEqualTo(65_536, run.Output.Length);
    }

    [TestMethod]
    [DataRow("open('/etc/shadow').read()", "No such file")]
    [DataRow("open('/usr/x', 'w')", "Read-only")]
    [DataRow("open('/x', 'w')", "Read-only")]
    [DataRow("open('/etc/passwd', 'a')", "Read-only")]
    [DataRow("import os; os.symlink('/etc/shadow', 's'); open('s').read()", "No such file")]
    [DataRow("import os; os.symlink('/proc/1/root/etc/shadow', 's'); open('s').read()", "Error")]
    [DataRow("import os; os.chdir('/proc/1/cwd/../../..'); print(os.listdir('home'))", "Error")]
    [DataRow("import os; os.mknod('disk', 0o600 | 0o060000, os.makedev(8, 0))", "Operation not permitted")]
    [DataRow("import os; os.setuid(0)", "Error")]
    [DataRow("import os; os.chroot('/tmp')", "Operation not permitted")]
    [DataRow("open('big', 'wb').write(b'x' * (17 << 20))", "Error")]
    [DataRow("for i in range(3): open(str(i), 'wb').write(b'x' * (8 << 20))", "No space left")]
    [DataRow("for i in range(5000): open(str(i), 'w')", "Error")]
    public async Task Run_ReachesOutside_CanNot(string code, string error)
    {
        var run = await RunAsync("python", code);
        Assert.AreEqual(RunEnd.Failed, run.End, run.Output);
        Assert.Contains(error, run.Error!);
    }

    [TestMethod]
    public async Task Run_LooksAround_SeesNobodyElse()
    {
        const string Secret = "of-this-process-alone";
        Environment.SetEnvironmentVariable("CAPIBARA6_TEST_SECRET", Secret);
        var run = await RunAsync("bash", "id -u; echo /proc/[0-9]*; cat /proc/*/environ | tr '\\0' '\\n'; ls -d /root /home /var /run /sys 2>/dev/null; grep -h Cap /proc/self/status; hostname");

        Assert.AreEqual(RunEnd.Succeeded, run.End, run.Error);
        Assert.DoesNotContain(Secret, run.Output);
        var lines = run.Output.Split('\n');
        Assert.AreEqual("1000", lines[0]);
        Assert.IsLessThan(6, lines[1].Split(' ').Length, lines[1]);
        Assert.DoesNotContain("/root", run.Output);
        Assert.DoesNotContain("/home", run.Output);
        Assert.Contains("CapEff:\t0000000000000000", run.Output);
        Assert.Contains("CapPrm:\t0000000000000000", run.Output);
    }

    [TestMethod]
    public async Task Run_Connects_ReachesNeitherLoopbackNorOutside()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        foreach (var target in new[] { $"'127.0.0.1', {port}", "'192.0.2.1', 80", "'169.254.169.254', 80" })
        {
            var run = await RunAsync("python", $"import socket; socket.create_connection(({target}), 3)");
            Assert.AreEqual(RunEnd.Failed, run.End);
            Assert.Contains("unreachable", run.Error!);
        }

        // The machine's own channels: vsock has no namespace, netlink tells of interfaces.
        foreach (var family in new[] { "AF_VSOCK", "AF_NETLINK", "AF_PACKET", "AF_ALG" })
        {
            var run = await RunAsync("python", $"import socket; socket.socket(socket.{family}, socket.SOCK_RAW if '{family}' != 'AF_VSOCK' else socket.SOCK_STREAM)");
            Assert.AreEqual(RunEnd.Failed, run.End, family);
        }

        Assert.IsFalse(listener.Pending());
    }

    [TestMethod]
    [DataRow("libc.ptrace(16, 1, 0, 0)")]
    [DataRow("libc.unshare(0x10000000)")]
    [DataRow("libc.mount(b'x', b'/tmp', b'tmpfs', 0, 0)")]
    [DataRow("libc.umount2(b'/usr', 2)")]
    [DataRow("libc.syscall(319, b'x', 0)", DisplayName = "memfd_create")]
    [DataRow("libc.syscall(425, 8, 0)", DisplayName = "io_uring_setup")]
    [DataRow("libc.syscall(321, 0, 0, 0)", DisplayName = "bpf")]
    [DataRow("libc.syscall(310, 1, 0, 0, 0, 0, 0)", DisplayName = "process_vm_readv")]
    public async Task Run_CallsForbidden_AreRefused(string call)
    {
        var run = await RunAsync("python", $"import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nprint({call}, ctypes.get_errno())");
        Assert.AreEqual("-1 1\n", run.Output, run.Error);
    }

    [TestMethod]
    public async Task Run_LeavesProcesses_NoneIsLeft()
    {
        var name = $"left-{Guid.CreateVersion7():N}";
        var run = await RunAsync("bash", $"(exec -a {name} setsid sleep 300) & disown; (setsid nohup bash -c 'exec -a {name} sleep 300' >/dev/null 2>&1 &); echo gone");
        Assert.AreEqual("gone\n", run.Output);

        Assert.IsEmpty(CommandLines().Where(line => line.Contains(name, StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task Run_CallerLeaves_EndsAtOnceAndLeavesNothing()
    {
        var name = $"left-{Guid.CreateVersion7():N}";
        using var sandbox = Make(options => options.WallTime = TimeSpan.FromMinutes(5));
        using var left = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = sandbox.RunAsync(new CodeBlock("bash", $"exec -a {name} sleep 300"), left.Token);
        await Eventually.TrueAsync(
            () => CommandLines().Any(line => line.StartsWith(name, StringComparison.Ordinal)), TimeSpan.FromSeconds(20), "the code runs", Token);

        await left.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => running);
        Assert.IsEmpty(CommandLines().Where(line => line.Contains(name, StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task Run_FiftyAtOnce_EachGetsItsOwn()
    {
        using var sandbox = Make();
        await SkipUnlessItWorksAsync(sandbox);
        var runs = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => sandbox.RunAsync(
            new CodeBlock("python", $"import os\nassert not os.path.exists('mine')\nopen('mine', 'w').write('{i}')\nprint(open('mine').read())"), Token)));

        CollectionAssert.AreEqual(Enumerable.Range(0, 50).Select(i => $"{i}\n").ToList(), runs.Select(run => run.Output + run.Error).ToList());
    }

    private async Task<CodeRun> RunAsync(string language, string code, Action<SandboxOptions>? configure = null)
    {
        using var sandbox = Make(configure);
        await SkipUnlessItWorksAsync(sandbox);
        return await sandbox.RunAsync(new CodeBlock(language, code), Token);
    }

    private LocalSandbox Make(Action<SandboxOptions>? configure = null)
    {
        // Time for machines that have other work to do.
        var options = new SandboxOptions { WallTime = TimeSpan.FromSeconds(30), CpuTime = TimeSpan.FromSeconds(20) };
        configure?.Invoke(options);
        return new LocalSandbox(Options.Create(options), TimeProvider.System, new LoggerOf<LocalSandbox>(_log));
    }

    private async Task SkipUnlessItWorksAsync(LocalSandbox sandbox)
    {
        if (!(await sandbox.LanguagesAsync(Token)).Contains("python"))
        {
            Assert.Inconclusive($"No local sandbox on this machine: {_log.Text}");
        }
    }

    private static List<string> CommandLines()
    {
        var lines = new List<string>();
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            try
            {
                lines.Add(File.ReadAllText($"{process}/cmdline").Replace('\0', ' '));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }

        return lines;
    }
}
