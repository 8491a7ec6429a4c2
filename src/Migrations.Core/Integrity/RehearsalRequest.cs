namespace Migrations.Integrity;

/// <summary>What is rehearsed, and on what.</summary>
public sealed record RehearsalRequest
{
    /// <summary>Whether the applied migrations are rehearsed too, from an empty database.</summary>
    public bool All { get; init; }

    /// <summary>
    /// Whether pending migrations are rehearsed on a copy with all rows. Without it the copy holds schema and history only, and no loss of
    /// rows can be seen.
    /// </summary>
    public bool WithData { get; init; }

    /// <summary>The last version to rehearse (a version, a semantic version or a name); null: the newest.</summary>
    public string? Target { get; init; }

    /// <summary>
    /// Whether migrations and hooks in code are run on the copy. What their code does elsewhere is done, and not undone.
    /// Without it nothing is found out about them.
    /// </summary>
    public bool RunCode { get; init; }

    /// <summary>Another server for the scratch database; null for the database's own.</summary>
    public DatabaseTarget? ScratchServer { get; init; }

    /// <summary>Whether declared checks are asked at the end.</summary>
    public bool Checks { get; init; } = true;

    /// <summary>Whether the verdicts are kept in the history, not in the file beside the migrations.</summary>
    public bool Record { get; init; }
}
