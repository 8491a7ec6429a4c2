namespace Migrations.Planning;

/// <summary>Which script to write.</summary>
public sealed record ScriptRequest
{
    /// <summary>The client that is to run it; null: the one that comes with the database.</summary>
    public ScriptClient? Client { get; init; }

    /// <summary>
    /// Leaves out, when it is run, what has been done already. Otherwise it stops, before anything, where the history is no longer as it
    /// was when the script was written.
    /// </summary>
    public bool IsIdempotent { get; init; }

    /// <summary>What to apply. Its backup, checks and schema file are no part of a script.</summary>
    public ApplyRequest Apply { get; init; } = new();

    /// <summary>What to roll back; null: nothing, the script applies.</summary>
    public UndoRequest? Undo { get; init; }
}
