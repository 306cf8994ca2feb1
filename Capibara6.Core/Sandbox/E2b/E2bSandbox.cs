using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Capibara6.Core.Sandbox.Code;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Sandbox.E2b;

/// <summary>
/// Runs code in E2B's cloud, over its public HTTP API (https://e2b.dev/docs): a sandbox is made for each run, without internet unless configured
/// otherwise, and ended after it. What is left behind by a process that dies ends by the sandbox's own timeout.
/// </summary>
internal sealed class E2bSandbox(IOptions<SandboxOptions> options, TimeProvider time) : ISandboxProvider, IDisposable
{
    // What making a sandbox and reaching it may take, beside the code.
    private static readonly TimeSpan s_setUp = TimeSpan.FromSeconds(30);

    private static readonly string[] s_languages = [CodeLanguages.Python, CodeLanguages.JavaScript, CodeLanguages.TypeScript, CodeLanguages.Bash, "r", "java"];

    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public string Name => SandboxOptions.E2bCloud;

    public ValueTask<IReadOnlyCollection<string>> LanguagesAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyCollection<string>>(s_languages);

    public async Task<CodeRun> RunAsync(CodeBlock code, CancellationToken cancellationToken)
    {
        try
        {
            var sandbox = await MakeAsync(cancellationToken);
            try
            {
                return await ExecuteAsync(sandbox, code, cancellationToken);
            }
            finally
            {
                await EndAsync(sandbox);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or System.Text.Json.JsonException)
        {
            throw new SandboxException($"E2B can't be reached or answers oddly: {exception.Message}", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SandboxException("E2B did not answer in time", exception);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<E2bMachine> MakeAsync(CancellationToken cancellationToken)
    {
        var e2b = options.Value.E2b;
        var lifetime = (int)Math.Ceiling((options.Value.WallTime + s_setUp).TotalSeconds);
        using var request = Call(HttpMethod.Post, "sandboxes");
        request.Content = JsonContent.Create(new E2bOrder(e2b.Template, lifetime, Secure: true, e2b.AllowInternet), E2bJson.Default.E2bOrder);
        using var bounded = Bounded(s_setUp, cancellationToken);
        using var response = await _http.SendAsync(request, bounded.Token);
        Check(response, "make a sandbox");
        return await response.Content.ReadFromJsonAsync(E2bJson.Default.E2bMachine, bounded.Token) is { SandboxID.Length: > 0 } machine
            ? machine
            : throw new SandboxException("E2B named no sandbox");
    }

    private async Task<CodeRun> ExecuteAsync(E2bMachine machine, CodeBlock code, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var reader = new E2bReader(options.Value.OutputBytes);
        using var request = new HttpRequestMessage(HttpMethod.Post, AddressOf(machine) + "/execute");
        request.Content = JsonContent.Create(new E2bCode(code.Text, code.Language), E2bJson.Default.E2bCode);
        AddToken(request, "X-Access-Token", machine.EnvdAccessToken);
        AddToken(request, "E2B-Traffic-Access-Token", machine.TrafficAccessToken);
        using var bounded = Bounded(options.Value.WallTime, cancellationToken);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, bounded.Token);
            Check(response, "run code");
            await using var body = await response.Content.ReadAsStreamAsync(bounded.Token);
            var end = await reader.ReadAsync(body, bounded.Token);
            return new CodeRun(end, reader.Output, reader.ErrorOf(end), time.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new CodeRun(
                RunEnd.TimedOut, reader.Output, $"The run was stopped: it had not ended after {options.Value.WallTime.TotalSeconds} s.", time.GetElapsedTime(started));
        }
    }

    /// <summary>Also for a caller who has left; what can't be ended now ends by its timeout.</summary>
    private async Task EndAsync(E2bMachine machine)
    {
        try
        {
            using var bounded = Bounded(TimeSpan.FromSeconds(5), CancellationToken.None);
            using var request = Call(HttpMethod.Delete, $"sandboxes/{Uri.EscapeDataString(machine.SandboxID)}");
            using var response = await _http.SendAsync(request, bounded.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // Its timeout was set when it was made.
        }
    }

    private HttpRequestMessage Call(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, $"{options.Value.E2b.ApiUrl.TrimEnd('/')}/{path}");
        request.Headers.Add("X-API-Key", options.Value.E2b.ApiKey);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Capibara6", "1.0"));
        return request;
    }

    private string AddressOf(E2bMachine machine) => new StringBuilder(options.Value.E2b.SandboxUrl.TrimEnd('/'))
        .Replace("{sandbox}", Uri.EscapeDataString(machine.SandboxID))
        .Replace("{domain}", machine.Domain is { Length: > 0 } domain ? domain : options.Value.E2b.Domain)
        .ToString();

    private static CancellationTokenSource Bounded(TimeSpan patience, CancellationToken cancellationToken)
    {
        var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(patience);
        return bounded;
    }

    private static void AddToken(HttpRequestMessage request, string header, string? token)
    {
        if (!string.IsNullOrEmpty(token))
        {
            request.Headers.Add(header, token);
        }
    }

    private static void Check(HttpResponseMessage response, string what)
    {
        if (!response.IsSuccessStatusCode)
        {
            var advice = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? "; is Sandbox:E2b:ApiKey right?" : "";
            throw new SandboxException($"E2B would not {what}: status {(int)response.StatusCode}{advice}");
        }
    }
}
