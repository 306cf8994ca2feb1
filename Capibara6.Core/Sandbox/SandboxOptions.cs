using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Sandbox;

/// <summary>Where code of answers runs, and how much it may take; section <c>Sandbox</c>.</summary>
public sealed class SandboxOptions
{
    public const string SectionName = "Sandbox";

    internal const string Local = "local";
    internal const string JavaScript = "javascript";
    internal const string E2bCloud = "e2b";
    internal const string None = "none";

    /// <summary>
    /// Names of providers, with commas between them, the first that knows a language runs it: <c>local</c>, <c>javascript</c>, <c>e2b</c>, or
    /// <c>none</c>. Null for <c>local,javascript</c> in Development and none anywhere else.
    /// </summary>
    public string? Providers { get; set; }

    /// <summary>Runs at the same time in this process, 1 to 256.</summary>
    [Range(1, 256)]
    public int Concurrency { get; set; } = 4;

    /// <summary>Runs that wait for their turn; more are refused. 0 to 10,000.</summary>
    [Range(0, 10_000)]
    public int Queue { get; set; } = 64;

    /// <summary>How long one waits for its turn at most, 0 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan QueueTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>From a run's start to its end at most, 0.1 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan WallTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Processor time of a run's processes together, 1 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CpuTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Memory of a run's processes together in MiB, 16 to 65,536.</summary>
    [Range(16, 65_536)]
    public int MemoryMiB { get; set; } = 256;

    /// <summary>A run's processes and threads, 1 to 1,024.</summary>
    [Range(1, 1_024)]
    public int Processes { get; set; } = 32;

    /// <summary>What a run's files may hold together in MiB; they are in memory. 1 to 1,024.</summary>
    [Range(1, 1_024)]
    public int FilesMiB { get; set; } = 16;

    /// <summary>Bytes that a run may print, 1 KiB to 1 MiB.</summary>
    [Range(1_024, 1_048_576)]
    public int OutputBytes { get; set; } = 64 * 1024;

    [ValidateObjectMembers]
    public E2bOptions E2b { get; set; } = new();
}

/// <summary>E2B's cloud, or one that speaks its API.</summary>
public sealed class E2bOptions
{
    /// <summary>The account's key; secret.</summary>
    public string? ApiKey { get; set; }

    [Url]
    public string ApiUrl { get; set; } = "https://api.e2b.app";

    /// <summary>Where a sandbox's code interpreter is, <c>{sandbox}</c> and <c>{domain}</c> filled in.</summary>
    [Required]
    public string SandboxUrl { get; set; } = "https://49999-{sandbox}.{domain}";

    /// <summary>The domain where the API names none.</summary>
    [Required]
    public string Domain { get; set; } = "e2b.app";

    [Required]
    public string Template { get; set; } = "code-interpreter-v1";

    /// <summary>Whether code may reach the internet from there.</summary>
    public bool AllowInternet { get; set; }
}

[OptionsValidator]
internal sealed partial class SandboxOptionsValidator : IValidateOptions<SandboxOptions>;

/// <summary>Names of providers that exist, with what they need.</summary>
internal sealed class SandboxProvidersValidator : IValidateOptions<SandboxOptions>
{
    // Beside none. The providers themselves need the options, so can't be asked.
    private static readonly string[] s_known = [SandboxOptions.Local, SandboxOptions.JavaScript, SandboxOptions.E2bCloud, SandboxOptions.None];

    public ValidateOptionsResult Validate(string? name, SandboxOptions options)
    {
        var named = NamesOf(options.Providers);
        var unknown = named.Except(s_known, StringComparer.OrdinalIgnoreCase).ToList();
        if (unknown.Count > 0)
        {
            return ValidateOptionsResult.Fail(
                $"Sandbox:Providers names {string.Join(", ", unknown)}; there are {string.Join(", ", s_known)}.");
        }

        return named.Contains(SandboxOptions.E2bCloud, StringComparer.OrdinalIgnoreCase) && string.IsNullOrWhiteSpace(options.E2b.ApiKey)
            ? ValidateOptionsResult.Fail("Sandbox:Providers names e2b, which needs Sandbox:E2b:ApiKey.")
            : ValidateOptionsResult.Success;
    }

    public static IReadOnlyList<string> NamesOf(string? providers) =>
        [.. (providers ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.OrdinalIgnoreCase)];
}
