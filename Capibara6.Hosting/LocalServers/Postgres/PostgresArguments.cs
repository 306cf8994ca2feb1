using Capibara6.Hosting.LocalServers.Programs;

namespace Capibara6.Hosting.LocalServers.Postgres;

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
        for (var i = arguments is ["postgres", ..] ? 1 : 0; i < arguments.Count; i++)
        {
            var setting = arguments[i] switch
            {
                "-c" when i + 1 < arguments.Count => arguments[++i],
                ['-', 'c' or '-', .. var rest] => rest,
                _ => string.Empty,
            };

            // In a name, and only there, a dash is an underscore.
            var name = setting.Split('=')[0].Replace('-', '_');
            if (name.Length == 0 || name.Length == setting.Length || s_ours.Contains(name))
            {
                throw new LocalServerException(
                    $"'{server}' has the argument {arguments[i]}, which only its container can have. Without one it takes -c name=value, but not for "
                    + $"{string.Join(", ", s_ours)}. Start docker or podman, or change WithArgs.");
            }

            settings[name] = setting[(name.Length + 1)..];
        }

        return settings;
    }
}
