namespace Capibara6.Hosting.LocalServers.Redis;

/// <summary>redis.conf, for Redis and Valkey.</summary>
internal static class RedisConfiguration
{
    public static string Text(RedisSpec spec, string folder)
    {
        List<string> lines =
        [
            "bind 127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"port {spec.Port}"),
            "daemonize no",
            $"dir {Quote(folder)}",
            "appendonly no",
            "maxmemory 256mb",
            "maxmemory-policy volatile-lru",
            spec.DataFolder is null
                ? "save \"\""
                : string.Create(CultureInfo.InvariantCulture, $"save {Math.Max(1, (long)spec.SaveInterval.TotalSeconds)} {spec.SaveAfterChanges}"),
        ];
        if (spec.Password is not null)
        {
            lines.Add($"requirepass {Quote(spec.Password)}");
        }

        return string.Join('\n', lines) + "\n";
    }

    private static string Quote(string value)
    {
        var quoted = new StringBuilder("\"");
        foreach (var part in Encoding.UTF8.GetBytes(value))
        {
            quoted.Append(char.IsAsciiLetterOrDigit((char)part) ? $"{(char)part}" : $"\\x{part:x2}");
        }

        return quoted.Append('"').ToString();
    }
}
