using Migrations.Foreign;

namespace Migrations.Adoption;

/// <summary>Which history of another tool is taken over, and how much is asked of it.</summary>
public sealed record AdoptionRequest
{
    /// <summary>The tool's name; needed only where several histories are found.</summary>
    public string? Tool { get; init; }

    /// <summary>The table of the history, where it is not called as the tool calls it; with its schema or without.</summary>
    public string? Table { get; init; }

    /// <summary>
    /// A table that the first migration, an init script, makes: where it stands, that migration counts as applied. For databases without
    /// any history.
    /// </summary>
    public string? Marker { get; init; }

    /// <summary>Takes over what matches, although entries have no file, or older files no entry.</summary>
    public bool AllowUnmatched { get; init; }

    /// <summary>Compares no schema; recorded in the history.</summary>
    public bool SkipProof { get; init; }

    /// <summary>
    /// SQL that makes what the other tool has applied, for a tool whose migrations are programs or changelogs: a file, or a folder of
    /// files. It is replayed for the proof in place of the folder's migrations, and recorded are the names.
    /// </summary>
    public string? SqlPath { get; init; }

    /// <summary>Later steps also write the other tool's table, in their own transactions.</summary>
    public bool KeepInStep { get; init; }

    /// <summary>Objects that are not compared: patterns over <c>schema.name</c>, or over the name alone.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>A database on the server on which the scratch database is made; null: the database's own server.</summary>
    public DatabaseTarget? ScratchServer { get; init; }

    /// <summary>The tools that can be named.</summary>
    public static IReadOnlyList<string> Tools { get; } = [.. ForeignTools.All.Select(t => t.Name)];
}
