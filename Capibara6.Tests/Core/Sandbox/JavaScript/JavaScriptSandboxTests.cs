using Capibara6.Core.Sandbox;
using Capibara6.Core.Sandbox.Code;
using Capibara6.Core.Sandbox.JavaScript;
using Microsoft.Extensions.Options;

namespace Capibara6.Tests.Core.Sandbox.JavaScript;

[TestClass]
public sealed class JavaScriptSandboxTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [DataRow("console.log(6 * 7, 'x', [1, 2], { a: 1 }, null, undefined)", "42 x [1,2] {\"a\":1} null undefined\n")]
    [DataRow("const f = async () => { await null; console.log('later'); }; f(); console.log('now');", "now\nlater\n")]
    [DataRow("class A { #x = 1; get x() { return this.#x; } } console.log(new A().x)", "1\n")]
    [DataRow("console.log('ab'.repeat(2), 'a'.padStart(3, '.'), [1, 2].join('-'), 'aa'.replaceAll('a', 'b'))", "abab ..a 1-2 bb\n")]
    [DataRow("console.log('a1b2'.replace(/[0-9]/g, '<$&>'), String([1, [2, null]]), new Uint8Array([1, 2]).join('+'), Math.max(...new Float64Array(3)), 2n ** 64n)", "a<1>b<2> 1,2, 1+2 0 18446744073709551616\n")]
    public async Task Run_Works_GivesItsOutput(string code, string output)
    {
        var run = await RunAsync(code);
        Assert.AreEqual((RunEnd.Succeeded, output, null), (run.End, run.Output, run.Error));
    }

    [TestMethod]
    [DataRow("console.log('before'); null.x", "TypeError")]
    [DataRow("let a = ;", "SyntaxError")]
    [DataRow("throw 'words'", "words")]
    [DataRow("const f = () => f(); f()", "RangeError")]
    [DataRow("require('fs')", "ReferenceError")]
    [DataRow("process.env", "ReferenceError")]
    [DataRow("fetch('http://127.0.0.1')", "ReferenceError")]
    [DataRow("System.IO.File.ReadAllText('/etc/passwd')", "ReferenceError")]
    [DataRow("importNamespace('System')", "ReferenceError")]
    [DataRow("(() => {}).constructor('return System')()", "ReferenceError")]
    [DataRow("__print('x')", "ReferenceError")]
    public async Task Run_Fails_GivesItsError(string code, string error)
    {
        var run = await RunAsync(code);
        Assert.AreEqual(RunEnd.Failed, run.End, run.Error);
        Assert.Contains(error, run.Error!);
    }

    [TestMethod]
    [DataRow("while (true) {}")]
    [DataRow("for (;;) { try { for (;;) {} } catch {} finally { continue } }")]
    [DataRow("/(a+)+$/.test('a'.repeat(60) + 'b')")]
    public async Task Run_EndlessLoop_IsStopped(string code)
    {
        var run = await RunAsync(code);
        Assert.AreEqual(RunEnd.TimedOut, run.End, run.Error);
    }

    [TestMethod]
    [DataRow("const a = []; while (true) a.push(new Array(1000).fill(1))")]
    [DataRow("let s = 'x'; while (true) s += s")]
    [DataRow("let s = 'x'; while (true) s = `${s}${s}`")]
    [DataRow("'x'.repeat(2 ** 29)")]
    [DataRow("'x'.repeat(2 ** 22).padEnd(2 ** 29)")]
    [DataRow("new Array(2 ** 20).join('x'.repeat(2 ** 12))")]
    [DataRow("new Array(2 ** 28).fill(0)")]
    [DataRow("new Uint8Array(2 ** 30)")]
    [DataRow("'x'.repeat(2 ** 20).replaceAll('', 'y'.repeat(2 ** 10))")]
    [DataRow("JSON.stringify(new Array(900000).fill('x'.repeat(4096)))")]
    [DataRow("const a = 'x'.repeat(2 ** 20); String.prototype.concat.apply('', new Array(1000).fill(a))")]
    [DataRow("const a = 'x'.repeat(2 ** 20); new Array(1000).fill(a).toString()")]
    [DataRow("'x'.repeat(2 ** 20).replace(/x/g, 'y'.repeat(1000))")]
    [DataRow("'x'.repeat(2 ** 20).replace(/x/g, \"$'\")")]
    [DataRow("let a = [1]; for (let i = 0; i < 40; i++) a = [a, a]; String(a)")]
    [DataRow("new (new Uint8Array(1).constructor)(2 ** 30)")]
    [DataRow("new ArrayBuffer(8, { maxByteLength: 2 ** 30 }).resize(2 ** 30)")]
    [DataRow("Uint8Array.from({ length: 2 ** 30 })")]
    [DataRow("class B extends Float64Array {} new B(2 ** 28)")]
    [DataRow("globalThis.Number = () => 0; Reflect.apply = () => 0; 'x'.repeat(2 ** 29)")]
    [DataRow("10n ** (10n ** 9n)")]
    [DataRow("1n << (2n ** 30n)")]
    public async Task Run_MemoryBomb_IsStoppedBeforeItTakesMuch(string code)
    {
        var before = GC.GetTotalAllocatedBytes();

        var run = await RunAsync(code);

        Assert.AreNotEqual(RunEnd.Succeeded, run.End);
        Assert.IsLessThan(600L << 20, GC.GetTotalAllocatedBytes() - before);
    }

    [TestMethod]
    public async Task Run_EndlessOutput_IsStopped()
    {
        var run = await RunAsync("try { while (true) console.log('x'.repeat(1000)) } catch { while (true) {} }");
        Assert.AreEqual(RunEnd.TooMuchOutput, run.End, run.Error);
        Assert.IsLessThanOrEqualTo(65_536, run.Output.Length);
    }

    [TestMethod]
    public async Task Run_CallerLeaves_Ends()
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = Make(new SandboxOptions { WallTime = TimeSpan.FromMinutes(5), CpuTime = TimeSpan.FromMinutes(5) }).RunAsync(new CodeBlock("javascript", "while (true) {}"), left.Token);

        await left.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => running);
    }

    private Task<CodeRun> RunAsync(string code) =>
        Make(new SandboxOptions { MemoryMiB = 64, CpuTime = TimeSpan.FromSeconds(2) }).RunAsync(new CodeBlock("javascript", code), Token);

    private static JavaScriptSandbox Make(SandboxOptions options) => new(Options.Create(options), TimeProvider.System);
}
