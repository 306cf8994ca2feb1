using Capibara6.Core.Sandbox.Code;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Sandbox;

/// <inheritdoc cref="ISandbox"/>
internal sealed class Sandbox : ISandbox, IDisposable
{
    // Where nothing is configured. Production runs no code unless somebody has said where.
    private const string DevelopmentProviders = "local,javascript";

    private readonly IReadOnlyList<ISandboxProvider> _providers;
    private readonly SandboxOptions _options;
    private readonly SemaphoreSlim _places;
    private readonly ILogger<Sandbox> _logger;
    private int _inside;

    public Sandbox(IEnumerable<ISandboxProvider> providers, IOptions<SandboxOptions> options, IHostEnvironment environment, ILogger<Sandbox> logger)
    {
        _options = options.Value;
        _logger = logger;
        _places = new SemaphoreSlim(_options.Concurrency);
        var names = SandboxProvidersValidator.NamesOf(_options.Providers ?? (environment.IsDevelopment() ? DevelopmentProviders : SandboxOptions.None));
        _providers = [.. names.SelectMany(name => providers.Where(provider => string.Equals(provider.Name, name, StringComparison.OrdinalIgnoreCase)))];
    }

    public async ValueTask<IReadOnlyCollection<string>> LanguagesAsync(CancellationToken cancellationToken)
    {
        var languages = new HashSet<string>(StringComparer.Ordinal);
        foreach (var provider in _providers)
        {
            languages.UnionWith(await provider.LanguagesAsync(cancellationToken));
        }

        return languages;
    }

    public async Task<Outcome<CodeRun>> RunAsync(CodeBlock code, CancellationToken cancellationToken)
    {
        if (await ProviderOfAsync(code.Language, cancellationToken) is not { } provider)
        {
            return SandboxFailures.Unavailable;
        }

        using var call = SandboxTelemetry.Begin(provider.Name, code.Language);
        if (Interlocked.Increment(ref _inside) > _options.Concurrency + _options.Queue)
        {
            Interlocked.Decrement(ref _inside);
            return call.Refused(SandboxFailures.Busy);
        }

        try
        {
            if (!await _places.WaitAsync(_options.QueueTimeout, cancellationToken))
            {
                return call.Refused(SandboxFailures.Busy);
            }

            try
            {
                return call.Ended(await provider.RunAsync(code, cancellationToken));
            }
            finally
            {
                _places.Release();
            }
        }
        catch (SandboxException exception)
        {
            SandboxLog.OutOfOrder(_logger, provider.Name, exception.Message, exception.InnerException);
            return call.Refused(SandboxFailures.Unavailable);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    public void Dispose() => _places.Dispose();

    private async ValueTask<ISandboxProvider?> ProviderOfAsync(string language, CancellationToken cancellationToken)
    {
        foreach (var provider in _providers)
        {
            if ((await provider.LanguagesAsync(cancellationToken)).Contains(language))
            {
                return provider;
            }
        }

        return null;
    }
}

/// <summary>What a caller is told when code could not be run.</summary>
internal static class SandboxFailures
{
    public static Failure Unavailable { get; } = new(
        FailureCodes.SandboxUnavailable, FailureKind.Unavailable, "No sandbox can run this code here; ask with options.execute auto or never for the answer alone.");

    public static Failure Busy { get; } = new(
        FailureCodes.SandboxBusy, FailureKind.RateLimited, "The sandbox has too much to do for the moment; come back when Retry-After says.")
    {
        RetryAfter = TimeSpan.FromSeconds(2),
    };
}
