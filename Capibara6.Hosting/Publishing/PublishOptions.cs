using System.ComponentModel.DataAnnotations;

namespace Capibara6.Hosting.Publishing;

/// <summary>Settings of every publisher that are not part of the app model; section "Publishing".</summary>
internal sealed class PublishOptions : IPublishSection
{
    public const string SectionName = "Publishing";

    /// <summary>Where the images of the projects are kept; an organisation of the system's name at ghcr.io unless set.</summary>
    [Required]
    public string ImageRegistry { get; set; } = string.Empty;

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
    public string RunbookUrl { get; set; } = string.Empty;

    public void ReadSwitches(IConfiguration configuration) => CreateSecrets = configuration.GetValue("create-secrets", CreateSecrets);

    public void Complete(string application)
    {
        ImageRegistry = IPublishSection.Or(ImageRegistry, $"ghcr.io/{application}");
        RunbookUrl = IPublishSection.Or(RunbookUrl, $"https://docs.{application}.example/operations");
    }
}

/// <summary>Settings some of which follow from the system's name where nobody sets them.</summary>
internal interface IPublishSection
{
    void Complete(string application);

    /// <summary>Takes what is also a switch of the command line.</summary>
    void ReadSwitches(IConfiguration configuration)
    {
    }

    protected static string Or(string value, string usual) => value.Length > 0 ? value : usual;
}
