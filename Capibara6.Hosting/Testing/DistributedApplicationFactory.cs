using Capibara6.Hosting.Testing;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Starts an AppHost for tests; derive from it to change how.</summary>
public class DistributedApplicationFactory : IDisposable, IAsyncDisposable
{
    private readonly Type _entryPoint;
    private readonly string[] _args;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private DistributedApplication? _application;

    /// <param name="entryPoint">Any type of the AppHost's assembly.</param>
    public DistributedApplicationFactory(Type entryPoint) : this(entryPoint, [])
    {
    }

    public DistributedApplicationFactory(Type entryPoint, string[] args)
    {
        ArgumentNullException.ThrowIfNull(entryPoint);
        ArgumentNullException.ThrowIfNull(args);
        _entryPoint = entryPoint;
        _args = args;
    }

    /// <summary>Executes the AppHost's entry point, builds and starts the application; once.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_application is not null)
            {
                return;
            }

            var run = EntryPointRun.Start(
                _entryPoint.Assembly, _args,
                (options, settings) =>
                {
                    TestingDefaults.Apply(options, settings, _entryPoint.Assembly, _args);
                    OnBuilderCreating(options, settings);
                },
                OnBuilderCreated);
            OnBuilding(await run.Building.WaitAsync(cancellationToken).ConfigureAwait(false));
            _application = await run.BuildAsync(cancellationToken).ConfigureAwait(false);
            OnBuilt(_application);
            await _application.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    public HttpClient CreateHttpClient(string resourceName, string? endpointName = null) => Started().CreateHttpClient(resourceName, endpointName);

    public ValueTask<string?> GetConnectionString(string resourceName) => Started().GetConnectionStringAsync(resourceName);

    public Uri GetEndpoint(string resourceName, string? endpointName = null) => Started().GetEndpoint(resourceName, endpointName);

    public virtual void Dispose()
    {
        _application?.Dispose();
        _gate.Dispose();
        GC.SuppressFinalize(this);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_application is not null)
        {
            await _application.DisposeAsync().ConfigureAwait(false);
        }

        _gate.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Before the builder is made.</summary>
    protected virtual void OnBuilderCreating(DistributedApplicationOptions applicationOptions, HostApplicationBuilderSettings hostOptions)
    {
    }

    /// <summary>Before the program has added anything.</summary>
    protected virtual void OnBuilderCreated(DistributedApplicationBuilder applicationBuilder)
    {
    }

    /// <summary>After the program has added everything.</summary>
    protected virtual void OnBuilding(DistributedApplicationBuilder applicationBuilder)
    {
    }

    /// <summary>Before the application starts.</summary>
    protected virtual void OnBuilt(DistributedApplication application)
    {
    }

    private DistributedApplication Started() => _application ?? throw new InvalidOperationException("The application has not been started: call StartAsync first.");
}
