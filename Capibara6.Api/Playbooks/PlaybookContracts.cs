namespace Capibara6.Api.Playbooks;

/// <summary>What an answer was worth.</summary>
internal sealed record FeedbackBody
{
    /// <summary>Whether the answer helped.</summary>
    public required bool Helpful { get; init; }

    /// <summary>Why, in at most 2,000 characters; null for nothing said.</summary>
    public string? Comment { get; init; }
}

/// <summary>All playbooks.</summary>
internal sealed record PlaybookListResponse
{
    /// <summary>The playbooks by domain.</summary>
    public required IReadOnlyList<PlaybookSummary> Playbooks { get; init; }
}

/// <summary>A playbook without its bullets.</summary>
internal sealed record PlaybookSummary
{
    /// <summary>The domain that it is for, as <c>routing.domain</c> names it.</summary>
    public required string Domain { get; init; }

    /// <summary>As <c>ace.playbook_used</c> names it.</summary>
    public required string Name { get; init; }

    /// <summary>Grows with each change of what questions are given.</summary>
    public required long Version { get; init; }

    /// <summary>Whether nothing learned changes it any more.</summary>
    public required bool Frozen { get; init; }

    /// <summary>Bullets that questions may be given.</summary>
    public required int BulletsInUse { get; init; }

    /// <summary>Bullets that did harm or were too many.</summary>
    public required int BulletsRetired { get; init; }

    /// <summary>When it last changed, in UTC.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A playbook with its bullets, those in use first.</summary>
internal sealed record PlaybookResponse
{
    /// <summary>The playbook itself.</summary>
    public required PlaybookSummary Playbook { get; init; }

    /// <summary>Its bullets, those in use first.</summary>
    public required IReadOnlyList<BulletResponse> Bullets { get; init; }
}

/// <summary>One lesson.</summary>
internal sealed record BulletResponse
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The lesson, in one line.</summary>
    public required string Text { get; init; }

    /// <summary>Tokens of the text.</summary>
    public required int Tokens { get; init; }

    /// <summary>How often it was judged to have helped.</summary>
    public required int Helpful { get; init; }

    /// <summary>How often it was judged to have done harm.</summary>
    public required int Harmful { get; init; }

    /// <summary>Whether no question is given it any more.</summary>
    public required bool Retired { get; init; }

    /// <summary>When it last changed, in UTC.</summary>
    public required DateTimeOffset ChangedAt { get; init; }
}

/// <summary>What is to change of a playbook; what is null stays.</summary>
internal sealed record PlaybookChangeBody
{
    /// <summary>Its name, 1 to 128 characters.</summary>
    public string? Name { get; init; }

    /// <summary>Whether nothing learned may change it any more.</summary>
    public bool? Frozen { get; init; }
}

/// <summary>What is to change of a bullet; what is null stays.</summary>
internal sealed record BulletChangeBody
{
    /// <summary>The lesson, 1 to 600 characters.</summary>
    public string? Text { get; init; }

    /// <summary>Whether no question is to be given it any more.</summary>
    public bool? Retired { get; init; }
}

/// <summary>A playbook to be taken elsewhere or taken in: its name and the bullets in use.</summary>
internal sealed record PlaybookDocument
{
    /// <summary>The playbook's name; the domain when null.</summary>
    public string? Name { get; init; }

    /// <summary>Its bullets, at most 10,000.</summary>
    public required IReadOnlyList<BulletDocument> Bullets { get; init; }
}

/// <summary>A bullet of a playbook's document.</summary>
internal sealed record BulletDocument
{
    /// <summary>The lesson, 1 to 600 characters.</summary>
    public required string Text { get; init; }

    /// <summary>How often it helped.</summary>
    public int Helpful { get; init; }

    /// <summary>How often it did harm.</summary>
    public int Harmful { get; init; }
}
