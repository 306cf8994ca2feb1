using System.Runtime.InteropServices;
using System.Text.Json;

namespace Capibara6.Hosting.LocalServers.Redis;

/// <summary>Garnet's configuration file: the password is in it, because a command line can be read by everyone.</summary>
internal static class GarnetConfiguration
{
    /// <summary>The tool's launcher looks for .NET in standard places only; and a server beside others needs no heap per core.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")),
        ["DOTNET_gcServer"] = "0",
    };

    public static string Json(RedisSpec spec, string? dataFolder)
    {
        Dictionary<string, object> settings = new()
        {
            ["Port"] = spec.Port,
            ["Address"] = "127.0.0.1",
            ["EnableLua"] = true,
            // Without it the commands of two clients' scripts mix, and no limit in a script is exact.
            ["LuaTransactionMode"] = true,
            ["LogMemorySize"] = "256m",
            ["PageSize"] = "4m",
            ["IndexMemorySize"] = "16m",
            ["QuietMode"] = true,
            // The native device needs libaio, which many machines lack.
            ["DeviceType"] = "RandomAccess",
        };
        if (spec.Password is not null)
        {
            settings["AuthenticationMode"] = "Password";
            settings["Password"] = spec.Password;
        }

        if (dataFolder is not null)
        {
            settings["CheckpointDir"] = dataFolder;
            settings["EnableAOF"] = true;
            settings["AofMemorySize"] = "32m";
            settings["AofPageSize"] = "8m";
            settings["AofSizeLimit"] = "128m"; // then a checkpoint is taken and the log cut
            settings["CommitFrequencyMs"] = 1000;
            settings["Recover"] = true;
        }

        return JsonSerializer.Serialize(settings);
    }
}
