using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Identity.Credentials;

/// <summary>
/// How many credentials that don't exist each client has shown in the last minute. A try is taken before the look-up or the check of
/// a signature and given back when the credential is good, so that many at once cost no more than one after another. In this
/// process's memory: what it protects (a look-up, a signature) is this process's too.
/// </summary>
internal sealed class BadCredentials(IOptions<IdentitySettings> options, TimeProvider time)
{
    /// <summary>Bound on the clients in memory. Beyond it all are forgotten: better a burst than a full house.</summary>
    private const int Capacity = 20_000;
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, Window> _clients = new(StringComparer.Ordinal);

    /// <returns>Null when there was a try left, else how long until there is one again.</returns>
    public TimeSpan? Take(string client)
    {
        var now = time.GetTimestamp();
        if (_clients.Count >= Capacity)
        {
            _clients.Clear();
        }

        var window = _clients.GetOrAdd(client, static (_, started) => new Window(started), now);
        lock (window)
        {
            var age = time.GetElapsedTime(window.StartedAt, now);
            if (age >= s_window)
            {
                (window.StartedAt, window.Taken, age) = (now, 0, TimeSpan.Zero);
            }

            if (window.Taken >= options.Value.MaxBadCredentialsPerMinute)
            {
                return s_window - age;
            }

            window.Taken++;
            return null;
        }
    }

    /// <summary>The credential was good.</summary>
    public void GiveBack(string client)
    {
        if (_clients.TryGetValue(client, out var window))
        {
            lock (window)
            {
                window.Taken = Math.Max(0, window.Taken - 1);
            }
        }
    }

    private sealed class Window(long startedAt)
    {
        public long StartedAt { get; set; } = startedAt;

        public int Taken { get; set; }
    }
}
