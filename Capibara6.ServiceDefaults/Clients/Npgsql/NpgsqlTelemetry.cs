using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Capibara6.ServiceDefaults.Clients.Npgsql;

/// <summary>Listens to the driver; both integrations of PostgreSQL share it.</summary>
internal static class NpgsqlTelemetry
{
    private const string MeterName = "Npgsql";

    public static void AddNpgsqlTelemetry(this IHostApplicationBuilder builder, bool tracing, bool metrics)
    {
        if (tracing && builder.Properties.TryAdd("Capibara6.Npgsql.Tracing", true))
        {
            builder.Services.AddOpenTelemetry().WithTracing(provider => provider.AddNpgsql());
        }

        if (metrics && builder.Properties.TryAdd("Capibara6.Npgsql.Metrics", true))
        {
            builder.Services.AddOpenTelemetry().WithMetrics(provider => provider.AddMeter(MeterName));
        }
    }
}
