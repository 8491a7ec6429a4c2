namespace Migrations.Foreign;

/// <summary>A migration that another tool's history counts as applied.</summary>
internal sealed record ForeignEntry
{
    /// <summary>How the tool calls it, for people.</summary>
    public required string Text { get; init; }

    /// <summary>Its version; null where the tool has none.</summary>
    public string? Version { get; init; }

    /// <summary>Version and name, without an extension; null where the tool records none.</summary>
    public string? Name { get; init; }

    /// <summary>The name of its file, perhaps with folders; null where the tool records none.</summary>
    public string? File { get; init; }

    /// <summary>Its semantic version; null where the tool has none.</summary>
    public string? SemanticVersion { get; init; }

    /// <summary>The tool's own checksum of the file; null where it has none.</summary>
    public string? Checksum { get; init; }

    /// <summary>When it was applied; null where that is not recorded.</summary>
    public DateTimeOffset? AppliedAt { get; init; }

    /// <summary>Who applied it; null where that is not recorded.</summary>
    public string? AppliedBy { get; init; }

    /// <summary>How long it took, in milliseconds; null where that is not recorded.</summary>
    public long? Milliseconds { get; init; }

    /// <summary>Whether it is not recorded itself: the tool only knows that one above it is applied.</summary>
    public bool IsInferred { get; init; }

    /// <summary>How the tool calls it, on one line.</summary>
    public override string ToString() => Text.ReplaceLineEndings(" ");
}
