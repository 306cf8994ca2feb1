namespace Capibara6.Hosting.Orchestration.LocalServers;

/// <summary>
/// The arguments of a PostgreSQL container, as far as they mean the same to a server without one: <c>-c name=value</c> and
/// <c>--name=value</c> (PostgreSQL's documentation, "postgres").
/// </summary>
internal static class PostgresArguments
{
    // Where the server listens and keeps its data is the host's to say.
    private static readonly string[] s_ours = ["port", "listen_addresses", "data_directory", "unix_socket_directories"];

    /// <exception cref="LocalServerException">An argument is something else.</exception>
    public static IReadOnlyDictionary<string, string> ReadSettings(string server, IReadOnlyList<string> arguments)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Count; i++)
        {
            var setting = arguments[i] switch
            {
                "postgres" when i == 0 => string.Empty,
                "-c" when i + 1 < arguments.Count => arguments[++i],
                ['-', 'c', _, ..] => arguments[i][2..],
                ['-', '-', .. var rest] => rest.Replace('-', '_'),
                _ => null,
            };
            if (setting is "")
            {
                continue;
            }

            if (setting?.IndexOf('=', StringComparison.Ordinal) is not > 0 || s_ours.Contains(setting[..setting.IndexOf('=', StringComparison.Ordinal)]))
            {
                throw new LocalServerException(
                    $"'{server}' has the argument {arguments[i]}, which only its container can have. Without one it takes -c name=value, but not for "
                    + $"{string.Join(", ", s_ours)}. Start docker or podman, or change WithArgs.");
            }

            var split = setting.IndexOf('=', StringComparison.Ordinal);
            settings[setting[..split]] = setting[(split + 1)..];
        }

        return settings;
    }
}
