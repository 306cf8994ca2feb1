using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace Capibara6.ServiceDefaults.Access;

/// <summary>Addresses whose bucket was empty when they were last refused, until something is in it again.</summary>
internal sealed class EmptyAddresses(TimeProvider time)
{
    /// <summary>Bound on the addresses in memory. Beyond it all are forgotten: they are asked for anew.</summary>
    private const int Capacity = 20_000;
    private readonly ConcurrentDictionary<string, (long NotedAt, TimeSpan Wait, LimitState State)> _empty = new(StringComparer.Ordinal);

    /// <summary>Remembers a refusal that was the address's alone: then its wait is that of the address's bucket.</summary>
    public void Note(string address, LimitVerdict verdict)
    {
        var empty = verdict.States.Where(static state => state.Remaining <= 0).ToArray();
        if (verdict.RetryAfter is { } wait && empty is [{ Policy: LimitMiddleware.IpPolicy }])
        {
            if (_empty.Count >= Capacity)
            {
                _empty.Clear();
            }

            _empty[address] = (time.GetTimestamp(), wait, empty[0]);
        }
    }

    /// <summary>How long until the address has something again, and its bucket; null when it may have.</summary>
    public (TimeSpan Wait, LimitState State)? Find(string address)
    {
        if (!_empty.TryGetValue(address, out var noted))
        {
            return null;
        }

        var passed = time.GetElapsedTime(noted.NotedAt);
        if (passed >= noted.Wait)
        {
            _empty.TryRemove(address, out _);
            return null;
        }

        return (noted.Wait - passed, noted.State with { Reset = noted.State.Reset - passed });
    }
}

/// <summary>Refuses, before anybody looks at its credentials, a request from an address that has nothing left.</summary>
internal sealed class EmptyAddressMiddleware(RequestDelegate next, EmptyAddresses addresses, IAccessRefusals refusals)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (addresses.Find(ClientAddress.Of(context)) is not { } empty)
        {
            return next(context);
        }

        RateLimitHeaders.Append(context.Response.Headers, [empty.State]);
        return refusals.WriteAsync(context, AccessRefusal.TooManyRequests("rate_limited", empty.Wait));
    }
}
