using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenAI;

namespace Capibara6.Core.ModelClients;

/// <summary>Builds the client of a model: the OpenAI protocol inside, resilience around it.</summary>
internal sealed class ModelClientFactory(
    IConfiguration configuration,
    IOptions<ModelsOptions> options,
    TimeProvider time,
    ILoggerFactory loggers) : IDisposable
{
    // A client of its own, not the host's factory: the defaults set there (retries, buffering, ten-second timeouts) would
    // come on top of the resilience here, and break streams.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(3),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        AllowAutoRedirect = false,
        UseCookies = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public IModelClient Create(ModelDescription model)
    {
        var settings = options.Value.Catalog[model.Id];
        var endpoint = FindEndpoint(settings);
        var clientOptions = new OpenAIClientOptions
        {
            Endpoint = endpoint.Address,
            Transport = new HttpClientPipelineTransport(_http),

            // Retries and timeouts are ours.
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
            ClientLoggingOptions = new ClientLoggingOptions { EnableLogging = false },
        };

        // The library insists on a key; an endpoint without one ignores it.
        var chat = new OpenAIClient(new ApiKeyCredential(endpoint.Key ?? "none"), clientOptions)
            .GetChatClient(string.IsNullOrEmpty(settings.UpstreamModel) ? model.Id : settings.UpstreamModel)
            .AsIChatClient()
            .AsBuilder()
            .UseOpenTelemetry(sourceName: ModelTelemetry.SourceName)
            .Build();

        var logger = loggers.CreateLogger<ResilientModelClient>();
        return new ResilientModelClient(model, chat, options.Value.Resilience, time, logger);
    }

    public void Dispose() => _http.Dispose();

    private ModelEndpoint FindEndpoint(ModelOptions settings)
    {
        if (settings.Endpoint is { } own)
        {
            return new ModelEndpoint(new Uri(own), settings.Key);
        }

        var connectionString = configuration.GetConnectionString(ModelEndpoint.ConnectionName)
            ?? throw new InvalidOperationException(
                $"ConnectionStrings:{ModelEndpoint.ConnectionName} is missing: it says where the models are (Endpoint=http://host:port/v1;Key=…).");
        var shared = ModelEndpoint.Parse(connectionString);
        return string.IsNullOrEmpty(settings.Key) ? shared : shared with { Key = settings.Key };
    }
}
