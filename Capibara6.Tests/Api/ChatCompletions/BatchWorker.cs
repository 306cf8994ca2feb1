using Capibara6.Tests.Core;
using Capibara6.Worker.Duties;
using Capibara6.Worker.Jobs;
using Capibara6.Worker.Migrations;

namespace Capibara6.Tests.Api.ChatCompletions;

/// <summary>A worker behind an API: the same database, the same models.</summary>
internal static class BatchWorker
{
    public static Task<CoreReplica> StartAsync(ApiHost host, CancellationToken cancellationToken) => CoreReplica.StartAsync(
        host.DatabaseConnectionString,
        EmulatedPair.ConnectionStringOf(host.Models),
        cancellationToken,
        settings: new() { ["JobRunner:PollInterval"] = "00:00:00.1" },
        services: services => services.AddMigrations().AddJobRunner().AddDuties());
}
