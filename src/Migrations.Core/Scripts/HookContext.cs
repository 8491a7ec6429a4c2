using System.Data.Common;

namespace Migrations;

/// <summary>What a hook in PowerShell is given.</summary>
public sealed record HookContext
{
    /// <summary>Where in the run it stands.</summary>
    public required HookPoint Point { get; init; }

    /// <summary>
    /// The full name of the migration around which it runs; in <see cref="HookPoint.OnError"/> the first one that was not applied. Empty
    /// where it is about the whole run.
    /// </summary>
    public required string Migration { get; init; }

    /// <summary>The run, as the history has it.</summary>
    public required Guid RunId { get; init; }

    /// <summary>Up or down.</summary>
    public required MigrationDirection Direction { get; init; }

    /// <summary>What the run does, step by step, as it is shown before it runs.</summary>
    public required IReadOnlyList<MigrationResult> Plan { get; init; }

    /// <summary>
    /// What the run has done so far, in order. After a step its own result is the last one, which is not committed yet; after a failure
    /// that of the step that failed is.
    /// </summary>
    public required IReadOnlyList<MigrationResult> Results { get; init; }

    /// <summary>Why the run failed; null but in <see cref="HookPoint.OnError"/>.</summary>
    public MigrationException? Failure { get; init; }

    /// <summary>
    /// The engine's own connection, around a step and where the hook names it; null otherwise, because around the whole run nothing in the
    /// database is held.
    /// </summary>
    public DbConnection? Connection { get; init; }

    /// <summary>The transaction that the engine commits; null without a connection.</summary>
    public DbTransaction? Transaction { get; init; }

    /// <summary>The values of the call's variables, by name.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }
}
