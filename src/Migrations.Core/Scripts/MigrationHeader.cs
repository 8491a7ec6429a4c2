namespace Migrations;

/// <summary>What the first comment block of a script and its tool's directives say about it.</summary>
public sealed record MigrationHeader
{
    /// <summary>A header without entries.</summary>
    public static MigrationHeader Empty { get; } = new();

    /// <summary><c>Description:</c></summary>
    public string? Description { get; init; }

    /// <summary><c>Version:</c>, the semantic version, accepted wherever a version is asked for.</summary>
    public string? SemanticVersion { get; init; }

    /// <summary><c>Created:</c>, as written.</summary>
    public string? Created { get; init; }

    /// <summary><c>Depends-On:</c>, versions or names, in the order written.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary><c>Environment:</c>, the environments in which the migration runs; empty: in all.</summary>
    public IReadOnlyList<string> Environments { get; init; } = [];

    /// <summary><c>Transaction: none</c> is false, <c>Transaction: required</c> is true, nothing said is null.</summary>
    public bool? Transaction { get; init; }

    /// <summary>
    /// <c>Foreign-Keys: on|off</c>: whether SQLite enforces foreign keys while the script runs; null lets the engine decide.
    /// </summary>
    public bool? ForeignKeys { get; init; }

    /// <summary>
    /// <c>Foreign-Keys: open-until 003</c>: the script may leave SQLite's foreign keys broken, up to the end of that migration; null where
    /// nothing is said.
    /// </summary>
    public string? ForeignKeysOpenUntil { get; init; }

    /// <summary><c>Row-Loss: allowed</c>: a rebuilt table or its children may have fewer rows than before.</summary>
    public bool RowLossAllowed { get; init; }

    /// <summary><c>Objects-Lost: allowed</c>: a table that is rebuilt may lose triggers, keys and indexes.</summary>
    public bool ObjectsLostAllowed { get; init; }

    /// <summary><c>Irreversible: yes</c>: that there is no down script is meant, and no one is reminded of it.</summary>
    public bool Irreversible { get; init; }

    /// <summary><c>Store-Script: no</c> keeps the script's text out of the history.</summary>
    public bool StoreScript { get; init; } = true;

    /// <summary><c>Timeout:</c>, the longest that one statement may take.</summary>
    public TimeSpan? StatementTimeout { get; init; }

    /// <summary><c>Lock-Timeout:</c>, the longest that one statement may wait for a table lock.</summary>
    public TimeSpan? TableLockTimeout { get; init; }

    /// <summary><c>Batch:</c>, where the script's only statement runs in batches; null otherwise.</summary>
    public BatchRule? Batch { get; init; }

    /// <summary><c>Replaces:</c>, the migrations that this one was folded from, in their order; empty for others.</summary>
    public IReadOnlyList<ReplacedMigration> Replaces { get; init; } = [];

    /// <summary><c>Breaking:</c> is there and not <c>no</c>.</summary>
    public bool Breaking { get; init; }

    /// <summary><c>Variables:</c>, where the script takes variables.</summary>
    public VariableRules Variables { get; init; } = VariableRules.Default;
}
