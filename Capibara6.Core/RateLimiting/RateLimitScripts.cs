namespace Capibara6.Core.RateLimiting;

/// <summary>
/// The scripts that run inside Redis, or Garnet with <c>--lua --lua-transaction-mode</c> (without the second flag Garnet
/// runs scripts of several clients in between each other). Time is the server's: replicas' clocks don't matter.
/// </summary>
internal static class RateLimitScripts
{
    /// <summary>
    /// KEYS: buckets, then the set of running requests if one is counted. ARGV: number of buckets; per bucket capacity,
    /// units per refill, milliseconds per refill, cost; then limit, id and lease of the running request, or 0.
    /// Answers: 1 allowed, 0 no token, -1 no room; the time; then units and anchor of each bucket. All or nothing is taken.
    /// </summary>
    public const string Acquire =
        """
        local time = redis.call('TIME')
        local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
        local count = tonumber(ARGV[1])
        local allowed = 1
        local units = {}
        local anchors = {}
        for i = 1, count do
            local at = 1 + (i - 1) * 4
            local capacity = tonumber(ARGV[at + 1])
            local stored = redis.call('HMGET', KEYS[i], 'units', 'anchor')
            local held = capacity
            local anchor = now
            if stored[1] then
                held = tonumber(stored[1])
                anchor = tonumber(stored[2])
                local lots = math.floor((now - anchor) / tonumber(ARGV[at + 3]))
                if lots > 0 then
                    held = held + lots * tonumber(ARGV[at + 2])
                    anchor = anchor + lots * tonumber(ARGV[at + 3])
                end
                if held >= capacity then
                    held = capacity
                    anchor = now
                end
            end
            if held < tonumber(ARGV[at + 4]) then
                allowed = 0
            end
            units[i] = held
            anchors[i] = anchor
        end
        local last = 1 + count * 4
        local limit = tonumber(ARGV[last + 1])
        if allowed == 1 and limit > 0 then
            local running = KEYS[count + 1]
            redis.call('ZREMRANGEBYSCORE', running, '-inf', string.format('%.0f', now))
            if redis.call('ZCARD', running) >= limit then
                allowed = -1
            else
                local lease = tonumber(ARGV[last + 3])
                redis.call('ZADD', running, string.format('%.0f', now + lease), ARGV[last + 2])
                redis.call('PEXPIRE', running, string.format('%.0f', lease * 2))
            end
        end
        local answer = {allowed, string.format('%.0f', now)}
        for i = 1, count do
            local at = 1 + (i - 1) * 4
            if allowed == 1 then
                units[i] = units[i] - tonumber(ARGV[at + 4])
                redis.call('HSET', KEYS[i], 'units', string.format('%.0f', units[i]), 'anchor', string.format('%.0f', anchors[i]))
                local lots = math.ceil((tonumber(ARGV[at + 1]) - units[i]) / tonumber(ARGV[at + 2]))
                redis.call('PEXPIRE', KEYS[i], string.format('%.0f', lots * tonumber(ARGV[at + 3]) + 1000))
            end
            answer[1 + i * 2] = string.format('%.0f', units[i])
            answer[2 + i * 2] = string.format('%.0f', anchors[i])
        end
        return answer
        """;

    /// <summary>KEYS: a set of running requests. ARGV: lease, then ids. Moves on what is still there.</summary>
    public const string Renew =
        """
        local time = redis.call('TIME')
        local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
        local lease = tonumber(ARGV[1])
        for i = 2, #ARGV do
            redis.call('ZADD', KEYS[1], 'XX', string.format('%.0f', now + lease), ARGV[i])
        end
        redis.call('PEXPIRE', KEYS[1], string.format('%.0f', lease * 2))
        return 1
        """;

    /// <summary>KEYS: the set of processes. ARGV: one of them, its lifetime. Says that it lives, forgets those that have not for their lifetime, counts the rest.</summary>
    public const string Beat =
        """
        local time = redis.call('TIME')
        local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
        redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[2])), ARGV[1])
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return redis.call('ZCARD', KEYS[1])
        """;
}
