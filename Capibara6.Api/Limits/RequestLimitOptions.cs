using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Capibara6.Api.Limits;

/// <summary>How long a request may take: section <c>RequestLimits</c>.</summary>
internal sealed class RequestLimitOptions
{
    public const string SectionName = "RequestLimits";

    /// <summary>
    /// For a whole answer, 0.1 s to 1 hour. By default longer than both models together may take
    /// (<c>Models:Resilience:TotalTimeout</c>), so that those bounds decide and say more.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>For an answer that comes piece by piece, 0.1 s to 24 hours.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan StreamTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>For the body of a batch in bytes, 1 MiB to 2 GB; it waits in the folder for temporary files. A proxy before this needs the same.</summary>
    [Range(1_048_576L, 2_000_000_000L)]
    public long BatchBytes { get; set; } = 200 * 1_048_576L;

    /// <summary>Largest body of OpenAI's and Anthropic's calls, which may hold images: 1 KiB to 1 GiB.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int OpenAIBodyBytes { get; set; } = 20 * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class RequestLimitOptionsValidator : IValidateOptions<RequestLimitOptions>;
