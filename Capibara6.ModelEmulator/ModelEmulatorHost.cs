using System.Net;
using Capibara6.ModelEmulator.Chat;
using Capibara6.ModelEmulator.Errors;
using Capibara6.ModelEmulator.Faults;
using Capibara6.ModelEmulator.ModelCatalog;
using Capibara6.ModelEmulator.Vectors;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Capibara6.ModelEmulator;

/// <summary>
/// An emulator of the OpenAI protocol: chat completions, completions, responses, embeddings, moderations and the list of models. It answers the same
/// text for the same conversation, says in every answer what it is, and can be told to be slow or to fail. A program of its own;
/// tests start it inside their process.
/// </summary>
public sealed class ModelEmulatorHost : IAsyncDisposable
{
    private const long MaxRequestBytes = 32 * 1024 * 1024;

    private readonly WebApplication _app;

    private ModelEmulatorHost(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.Single());
    }

    /// <summary>Where it listens; the API's base is <c>/v1</c> below it.</summary>
    public Uri Address { get; }

    /// <summary>The faults in force, to change while it runs.</summary>
    public FaultPlan Faults => _app.Services.GetRequiredService<FaultPlan>();

    /// <summary>What has been asked of it so far.</summary>
    public EmulatorStatistics Statistics => _app.Services.GetRequiredService<EmulatorStatistics>();

    /// <summary>Starts one in this process on a free port of loopback, in the Development environment, with nothing read from files or variables.</summary>
    public static async Task<ModelEmulatorHost> StartAsync(Action<ModelEmulatorOptions>? configure, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        AddServices(builder);
        builder.Services.Configure<ModelEmulatorOptions>(options => configure?.Invoke(options));
        var app = builder.Build();
        try
        {
            Map(app);
            await app.StartAsync(cancellationToken);
            return new ModelEmulatorHost(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>The program: configuration, logging and addresses as ASP.NET Core reads them.</summary>
    internal static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        EmulatorTelemetry.AddTo(builder);
        AddServices(builder);
        var app = builder.Build();
        Map(app);
        return app;
    }

    private static void AddServices(WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
        });
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<ModelEmulatorOptions>().BindConfiguration(ModelEmulatorOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ModelEmulatorOptions>, ModelEmulatorOptionsValidator>();
        services.AddSingleton<EmulatedModels>();
        services.AddSingleton<EmulatorStatistics>();
        services.AddSingleton<FaultPlan>();
        services.AddSingleton<ModelResponder>();
        services.AddSingleton<VectorResponder>();
    }

    private static void Map(WebApplication app)
    {
        app.UseProtocolErrors();
        app.UseApiKey();
        app.MapProtocol();
        app.MapModels();
        app.MapHealth();
        if (app.Environment.IsDevelopment())
        {
            app.MapFaults();
        }
    }
}
