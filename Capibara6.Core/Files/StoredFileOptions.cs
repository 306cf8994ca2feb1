using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Files;

/// <summary>How much is kept of files, and how long; section <c>Files</c>.</summary>
public sealed class StoredFileOptions
{
    public const string SectionName = "Files";

    /// <summary>Largest file in bytes, 1 MiB to 1 GB. A proxy before the API needs the same.</summary>
    [Range(1_048_576L, 1_000_000_000L)]
    public long MaxBytes { get; set; } = 200 * 1_048_576L;

    /// <summary>All of an account's files together in bytes, what batches put out included, 1 MiB to 1 TB.</summary>
    [Range(1_048_576L, 1_000_000_000_000L)]
    public long AccountBytes { get; set; } = 2_147_483_648;

    /// <summary>How long a file lives, and what its owner may ask for at most. 1 hour to 10 years.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);
}

[OptionsValidator]
internal sealed partial class StoredFileOptionsValidator : IValidateOptions<StoredFileOptions>;
