using System.ComponentModel.DataAnnotations;

namespace Capibara6.Hosting.Publishing;

/// <summary>Settings of every publisher that are not part of the app model; section "Publishing".</summary>
internal sealed class PublishOptions
{
    public const string SectionName = "Publishing";

    /// <summary>Where the images of the projects are kept.</summary>
    [Required]
    public string ImageRegistry { get; set; } = "ghcr.io/capibara6";

    /// <summary>The projects' image tag; the version of the build unless set.</summary>
    [Required, RegularExpression("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", ErrorMessage = "Publishing:ImageTag is no image tag; write 0.1.0.")]
    public string ImageTag { get; set; } = typeof(PublishOptions).Assembly.GetName().Version!.ToString(3);

    /// <summary>
    /// True to fill in the secrets that git ignores beside the output, from the values in its parameters.secrets: those are kept,
    /// missing ones are generated, and the publish fails with the names of those that only a person knows.
    /// </summary>
    public bool CreateSecrets { get; set; }

    /// <summary>The page whose headings are the alerts' runbooks.</summary>
    [Required, Url]
    public string RunbookUrl { get; set; } = "https://docs.capibara6.example/operations";
}
