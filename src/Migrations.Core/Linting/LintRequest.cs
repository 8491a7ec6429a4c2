namespace Migrations.Linting;

/// <summary>What to look at. Nothing said: what is pending in the database, or without one, every file of the folder.</summary>
public sealed record LintRequest
{
    /// <summary>Only these migrations (versions or names) are reported; empty: all.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>
    /// The first migration that is not applied yet (a version or a name): it and those behind it are one run, on what those before it make.
    /// Null: the database says it; without one, each file is a run of its own.
    /// </summary>
    public string? From { get; init; }

    /// <summary>Which rules count.</summary>
    public LintOptions Options { get; init; } = new();
}
