namespace Migrations.Sql;

/// <summary>What a script was found to need before it runs.</summary>
public sealed record ScriptAnalysis
{
    /// <summary>
    /// Whether it must run without a transaction: its header says so, or it is exactly one statement that cannot run in one.
    /// </summary>
    public bool OutsideTransaction { get; init; }

    /// <summary>Whether SQLite's foreign keys must not be enforced while it runs; always false elsewhere.</summary>
    public bool SuspendsForeignKeys { get; init; }

    /// <summary>
    /// Whether it drops or renames what rows, keys and other objects hang on, so that what it does is looked at before it is kept; always
    /// false where the server looks after these itself.
    /// </summary>
    public bool IsGuarded { get; init; }

    /// <summary>
    /// The modes of the script's own BEGIN, for the engine's, for example <c>ISOLATION LEVEL SERIALIZABLE</c>; null when it names none.
    /// </summary>
    public string? TransactionModes { get; init; }

    /// <summary>Whether it has statements that may take rows or values away, so that a forecast is worth making.</summary>
    public bool MayLose { get; init; } = true;

    /// <summary>Whether it may overwrite rows, or calls what may change any: in an undo that is reported.</summary>
    public bool MayOverwrite { get; init; } = true;

    /// <summary>The statement that runs in batches; null where the script runs as a whole.</summary>
    public BatchStatement? Batch { get; init; }

    /// <summary>What in it is refused; the run does not start while there is any.</summary>
    public IReadOnlyList<FileProblem> Problems { get; init; } = [];
}
