namespace Capibara6.Hosting.Deployment;

/// <summary>Language models as a resource.</summary>
public static class ModelExtensions
{
    /// <summary>
    /// Adds a server that speaks OpenAI's protocol. Its connection string is <c>Endpoint=https://host/v1;Key=…</c>.
    /// Running: what <c>ConnectionStrings:{name}</c> or the parameters <c>{name}-endpoint</c> and <c>{name}-key</c> name, and without
    /// them the emulator. Deployed: the two parameters.
    /// </summary>
    /// <typeparam name="TEmulator">The project that speaks the protocol where there is no model.</typeparam>
    public static IResourceBuilder<IResourceWithConnectionString> AddModels<TEmulator>(this IDistributedApplicationBuilder builder, string name)
        where TEmulator : IProjectMetadata, new()
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.ExecutionContext.IsRunMode)
        {
            if (builder.Configuration.GetConnectionString(name) is { Length: > 0 })
            {
                return builder.AddConnectionString(name);
            }

            if (builder.Configuration[$"Parameters:{name}-endpoint"] is not { Length: > 0 })
            {
                // Only the services call it, so any port will do: that of its launch profile is for running it alone.
                var emulator = builder.AddProject<TEmulator>($"{name}-emulator")
                    .WithEndpoint("http", endpoint => endpoint.Port = null)
                    .WithHttpHealthCheck("/health");
                return builder.AddConnectionString(name, ReferenceExpression.Create($"Endpoint={emulator.GetEndpoint("http")}/v1;Key=emulator"));
            }
        }

        var endpoint = builder.AddParameter($"{name}-endpoint");
        var key = builder.AddParameter($"{name}-key", secret: true);
        return builder.AddConnectionString(name, ReferenceExpression.Create($"Endpoint={endpoint};Key={key}")).WithOutboundAccess();
    }
}
