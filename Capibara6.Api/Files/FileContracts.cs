using Capibara6.Core.Files;

namespace Capibara6.Api.Files;

/// <summary>The parts of a form that uploads a file.</summary>
internal sealed record ChatFileForm
{
    /// <summary>JSON Lines.</summary>
    public required string File { get; init; }

    /// <summary><c>batch</c>.</summary>
    public required string Purpose { get; init; }
}

/// <summary>A file, in OpenAI's shape.</summary>
internal sealed record ChatFile
{
    /// <summary>Begins with <c>file-</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Always <c>file</c>.</summary>
    public string Object { get; init; } = "file";

    /// <summary>Its size.</summary>
    public required long Bytes { get; init; }

    /// <summary>In seconds since 1970.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>When it goes, in seconds since 1970.</summary>
    public required long ExpiresAt { get; init; }

    /// <summary>As it was uploaded.</summary>
    public required string Filename { get; init; }

    /// <summary><c>batch</c> or <c>batch_output</c>.</summary>
    public required string Purpose { get; init; }

    /// <summary>Always <c>processed</c>.</summary>
    public string Status { get; init; } = "processed";

    public static ChatFile From(FileView file) => new()
    {
        Id = ChatIds.OfFile(file.Id),
        Bytes = file.Bytes,
        CreatedAt = file.CreatedAt.ToUnixTimeSeconds(),
        ExpiresAt = file.ExpiresAt.ToUnixTimeSeconds(),
        Filename = file.Name,
        Purpose = file.Purpose,
    };
}

/// <summary>A page of files.</summary>
/// <param name="Data">The files.</param>
/// <param name="FirstId">Of the first on this page; null without one.</param>
/// <param name="LastId">Give it as <c>after</c> to get the next page.</param>
/// <param name="HasMore">Whether there is a next page.</param>
internal sealed record ChatFileList(IReadOnlyList<ChatFile> Data, string? FirstId, string? LastId, bool HasMore)
{
    /// <summary>Always <c>list</c>.</summary>
    public string Object { get; init; } = "list";
}

/// <summary>A file is gone.</summary>
/// <param name="Id">Its id.</param>
internal sealed record ChatFileDeleted(string Id)
{
    /// <summary>Always <c>file</c>.</summary>
    public string Object { get; init; } = "file";

    /// <summary>Always true.</summary>
    public bool Deleted { get; init; } = true;
}
