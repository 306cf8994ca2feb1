namespace Capibara6.Api.OpenApi;

/// <summary>Whether the API describes itself; section <c>Docs</c>.</summary>
internal sealed class DocsOptions
{
    public const string SectionName = "Docs";

    /// <summary>Whether <c>/api/v1/docs</c> and <c>/api/v1/openapi.json</c> are there: by default not in Production, where they tell strangers what there is.</summary>
    public bool Enabled { get; set; }
}
