using Capibara6.Core.Redis;
using Microsoft.Extensions.Hosting;

namespace Capibara6.Core.Identity.Credentials;

/// <summary>
/// Makes a change to an account felt: here at once, on other replicas as soon as Redis carries the word, and without
/// Redis within <see cref="IdentitySettings.CheckCacheLifetime"/>. PostgreSQL already holds the change.
/// </summary>
internal sealed class Revocations(AccountStates states, ExternalAccounts externals, CallerStanding standings, RedisLink redis) : IHostedService
{
    private const string ChannelName = "identity:changed";

    /// <summary>Takes no cancellation token: whoever asked for the change may be gone, and it holds.</summary>
    public async Task AnnounceAsync(Guid accountId)
    {
        Forget(accountId);
        await redis.PublishAsync(ChannelName, accountId.ToString(), CancellationToken.None);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        redis.Subscribe(ChannelName, message =>
        {
            if (Guid.TryParse(message.ToString(), out var accountId))
            {
                Forget(accountId);
            }
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Forget(Guid accountId)
    {
        states.Forget(accountId);
        externals.Forget(accountId);
        standings.Forget(accountId);
    }
}
