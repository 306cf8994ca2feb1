using Capibara6.Core.Redis;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Capibara6.Core.Identity.Credentials;

/// <summary>
/// Makes a change to an account felt: here at once, on other replicas as soon as Redis carries the word, and without
/// Redis within <see cref="IdentitySettings.CheckCacheLifetime"/>. PostgreSQL already holds the change.
/// </summary>
internal sealed class Revocations(AccountStates states, ExternalAccounts externals, RedisLink redis) : IHostedService
{
    private static readonly RedisChannel s_channel = RedisChannel.Literal("capibara6:identity:changed");

    /// <summary>Takes no cancellation token: whoever asked for the change may be gone, and it holds.</summary>
    public async Task AnnounceAsync(Guid accountId)
    {
        Forget(accountId);
        await redis.PublishAsync(s_channel, accountId.ToString(), CancellationToken.None);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        redis.Subscribe(s_channel, message =>
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
    }
}
