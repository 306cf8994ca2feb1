using GraphQL.Types;

namespace Capibara6.GraphQLApi.Schema;

/// <summary>Builds the schema as the service starts: a mistake in it stops the start, and no request pays for building it.</summary>
internal sealed class SchemaWarmup(ISchema schema) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        schema.Initialize();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
