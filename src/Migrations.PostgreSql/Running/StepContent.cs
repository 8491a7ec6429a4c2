using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>
/// What a script has shown itself to be so far: definitions alone, with values put into what was just defined, or more, after which
/// anything may have run and changed.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="step">The step.</param>
/// <param name="figures">How its rows are counted.</param>
internal sealed class StepContent(PostgreSqlConnection connection, StepExecution step, StepFigures figures)
{
    private readonly FreshTables _fresh = new();
    private readonly bool _isInRun = connection.IsInRun;

    /// <summary>Whether it has only defined things, and filled what it has defined.</summary>
    public bool OnlyDefines { get; private set; } = true;

    /// <summary>How many rows the text shows to be put into what was just defined.</summary>
    public long KnownRows { get; private set; }

    /// <summary>
    /// Whether nothing of the user's has run in the transaction, nor can before its end: definitions alone, and values put into tables that
    /// were made by them. What they change of the history shows in the table's file and its last row.
    /// </summary>
    public bool IsQuiet =>
        !_isInRun
        && OnlyDefines
        && step.Script.Code is null
        && step.Entry.Beside.Count == 0
        && !connection.Server.MayRunCode
        && (KnownRows == 0 || !connection.Server.HasDomains);

    /// <summary>Takes note of a statement that runs next.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="batch">Takes what is to be prepared before it.</param>
    public void Observe(string statement, StepBatch batch)
    {
        if (OnlyDefines && !IsDefinition(statement))
            Leave(statement, batch);
    }

    /// <summary>From here on anything may change: only now the counting of rows is worth preparing.</summary>
    /// <param name="statement">The statement that runs next; empty for code.</param>
    /// <param name="batch">Takes what is to be prepared before it.</param>
    public void Leave(string statement, StepBatch batch)
    {
        OnlyDefines = false;
        connection.Server.ObserveOther(statement);
        connection.Leftovers.Expect();
        if (!_isInRun && figures.Preparations.Any())
            batch.Add("SELECT " + string.Join(", ", figures.Preparations));
    }

    /// <summary>Whether a statement defines something, or fills what the script has defined before, and does nothing else.</summary>
    private bool IsDefinition(string statement)
    {
        if (StatementClassifier.IsDefinition(statement))
        {
            connection.Server.ObserveDefinition(statement);
            _fresh.Observe(statement);
            return true;
        }

        if (connection.Server.MayHaveEventTriggers || !figures.TakesRowsFromScript || _fresh.RowsOf(statement) is not { } rows)
            return false;
        KnownRows += rows;
        return true;
    }
}
