using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.RateLimiting;

/// <summary>Settings of the limits: section <c>RateLimits</c>.</summary>
public sealed class RateLimitOptions
{
    public const string SectionName = "RateLimits";

    /// <summary>Per address, on every request.</summary>
    public const string IpPolicy = "ip";

    /// <summary>Per account, on every identified request.</summary>
    public const string AccountPolicy = "account";

    /// <summary>Per API key, on requests that show one.</summary>
    public const string ApiKeyPolicy = "api_key";

    /// <summary>Per address, on log-in and its like.</summary>
    public const string AuthPolicy = "auth";

    /// <summary>Per account, on calls that reach a model.</summary>
    public const string QueryPolicy = "query";

    /// <summary>Per account, on calls that accept batches.</summary>
    public const string BatchPolicy = "batch";

    /// <summary>Name of the concurrency limit among an account's own limits.</summary>
    public const string ConcurrencyName = "concurrency";

    public bool Enabled { get; set; } = true;

    public Dictionary<string, RateLimitPolicy> Policies { get; set; } = new(StringComparer.Ordinal)
    {
        [IpPolicy] = new() { Permits = 100 },
        [AccountPolicy] = new() { Permits = 300 },
        [ApiKeyPolicy] = new() { Permits = 300 },
        [AuthPolicy] = new() { Permits = 10 },
        [QueryPolicy] = new() { Permits = 60 },
        [BatchPolicy] = new() { Permits = 10 },
    };

    /// <summary>Begins every key in Redis; systems that share a Redis differ in it.</summary>
    [Required]
    public string KeyPrefix { get; set; } = "capibara6:limits:";

    /// <summary>Requests of one account that may run at a time, over all replicas.</summary>
    [Range(1, 100_000)]
    public int ConcurrentRequests { get; set; } = 32;

    /// <summary>How long the place of a request outlives the process that ran it.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:10:00")]
    public TimeSpan ConcurrencyLease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A Redis that takes longer than this counts as away.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:30")]
    public TimeSpan RedisTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long each replica decides alone before it asks Redis again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan RedisRetryAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Number of replicas that share the limits while each decides alone, until Redis has said how many there are.</summary>
    [Range(1, 1_000)]
    public int Replicas { get; set; } = 1;
}

/// <summary>A token bucket: it holds <see cref="Permits"/> and gets them back over <see cref="Window"/>, in equal lots.</summary>
public sealed class RateLimitPolicy
{
    [Range(1, 1_000_000)]
    public int Permits { get; set; } = 100;

    [Range(typeof(TimeSpan), "00:00:01", "31.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>In how many lots the permits come back: 1 gives all at the window's end, 6 a sixth every ten seconds of a minute.</summary>
    [Range(1, 1_000)]
    public int Refills { get; set; } = 6;
}

internal sealed class RateLimitOptionsValidator : IValidateOptions<RateLimitOptions>
{
    private static readonly string[] s_required =
    [
        RateLimitOptions.IpPolicy, RateLimitOptions.AccountPolicy, RateLimitOptions.ApiKeyPolicy,
        RateLimitOptions.AuthPolicy, RateLimitOptions.QueryPolicy, RateLimitOptions.BatchPolicy,
    ];

    public ValidateOptionsResult Validate(string? name, RateLimitOptions options)
    {
        List<string> failures = [.. Check(options, RateLimitOptions.SectionName)];
        foreach (var (policy, limit) in options.Policies)
        {
            failures.AddRange(Check(limit, $"{RateLimitOptions.SectionName}:Policies:{policy}"));
        }

        failures.AddRange(s_required.Where(required => !options.Policies.ContainsKey(required))
            .Select(missing => $"{RateLimitOptions.SectionName}:Policies:{missing} is missing."));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Check(object options, string path)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return results.Select(result => $"{path}: {result.ErrorMessage}");
    }
}
