using System.Collections.Frozen;
using System.Globalization;
using Capibara6.Core.Data;
using Capibara6.Core.Queries;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Capibara6.Core.Context;

/// <summary>
/// The versions of the playbooks, as of a few seconds ago: an answer that was made with another one is not found in the cache.
/// </summary>
internal sealed class PlaybookVersions(
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource,
    IOptions<ContextOptions> options,
    TimeProvider time,
    ILogger<PlaybookVersions> logger) : BackgroundService, IContextVersions
{
    private volatile FrozenDictionary<string, long> _versions = FrozenDictionary<string, long>.Empty;

    /// <summary>A domain without a playbook has version 0.</summary>
    public static string Of(string domain, long version) => string.Create(CultureInfo.InvariantCulture, $"{domain}:{version}");

    public bool IsCurrent(string? version)
    {
        // Made without playbooks, or with: as it is now.
        if (!options.Value.Enabled || version is null)
        {
            return !options.Value.Enabled && version is null;
        }

        var colon = version.LastIndexOf(':');
        return colon > 0
            && long.TryParse(version.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var known)
            && _versions.GetValueOrDefault(version[..colon]) == known;
    }

    /// <summary>Reads them now.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var command = dataSource.CreateCommand("SELECT domain, version FROM playbooks");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            versions.Add(reader.GetString(0), reader.GetInt64(1));
        }

        _versions = versions.ToFrozenDictionary(StringComparer.Ordinal);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
        {
            return;
        }

        using var timer = new PeriodicTimer(options.Value.RefreshInterval, time);
        do
        {
            try
            {
                await RefreshAsync(stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                ContextLog.NotRefreshed(logger, exception.GetType().Name);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
        while (await NextAsync(timer, stoppingToken));
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
