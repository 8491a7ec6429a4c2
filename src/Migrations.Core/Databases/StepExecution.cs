using System.Data.Common;
using Migrations.History;
using Migrations.Sql;

namespace Migrations.Databases;

/// <summary>One step as a session runs it: a script and the history row that represents it.</summary>
public sealed record StepExecution
{
    /// <summary>The migration.</summary>
    public required Migration Migration { get; init; }

    /// <summary>Which half runs.</summary>
    public required MigrationDirection Direction { get; init; }

    /// <summary>The script that runs.</summary>
    public required MigrationScript Script { get; init; }

    /// <summary>What its text was found to need.</summary>
    public required ScriptAnalysis Analysis { get; init; }

    /// <summary>The row to append in the same transaction; the driver fills in time, duration and rows.</summary>
    public required JournalEntry Entry { get; init; }

    /// <summary>Whether a header allows foreign keys to be open after it.</summary>
    public bool MayLeaveKeysOpen { get; init; }

    /// <summary>The migrations whose open foreign keys must be closed at its end; without any, nothing is asked.</summary>
    public IReadOnlyList<string> KeysDue { get; init; } = [];

    /// <summary>Takes the rows that its statements give; null: they are not read.</summary>
    public IRowSink? Rows { get; init; }

    /// <summary>
    /// A query of our own that is asked at the end of the step's own transaction, where nothing of the user's runs any more, and in the
    /// same round trip as its commit; null: nothing is asked.
    /// </summary>
    public string? Query { get; init; }

    /// <summary>Runs the half, where it is code.</summary>
    /// <param name="connection">The session's connection.</param>
    /// <param name="transaction">The step's transaction on it, as the connection's provider knows it.</param>
    /// <param name="database">The database.</param>
    /// <param name="identity">What distinguishes the database from every other one; null where its name does.</param>
    /// <param name="limit">The token that the code gets: cancelled with the call, or when its time is over.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.CodeFailed"/></exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal Task RunCodeAsync(
        DbConnection connection,
        DbTransaction? transaction,
        DatabaseTarget database,
        string? identity,
        CancellationToken limit,
        CancellationToken cancellationToken
    )
    {
        var code = Script.Code!;
        var context = new CodeContext
        {
            Connection = connection,
            Transaction = transaction,
            Direction = Direction,
            Migration = Migration.FullName,
            Variables = code.Variables,
            CancellationToken = limit,
        };
        return CodeFailure.CatchAsync(
            Script,
            () => RunningCode.RunAsync(database, identity, () => code.RunAsync(context)),
            cancellationToken
        );
    }

    /// <summary>
    /// Runs a hook in code around the whole run, which holds nothing in the database; null for all that runs there.
    /// </summary>
    internal Func<CancellationToken, Task>? Alone { get; init; }

    /// <summary>
    /// In a transaction that it shares with others: whether it is the last there, so that deferred constraints are checked at its end.
    /// </summary>
    public bool ClosesTransaction { get; init; }

    /// <summary>Whether it is the last step of its run: its row gets the fingerprint of the schema as the script leaves it.</summary>
    public bool IsLast { get; init; }
}

/// <summary>What a committed step did.</summary>
/// <param name="Duration">From the first statement to the commit.</param>
/// <param name="RowsAffected">Rows inserted, updated and deleted; null where the database does not report it.</param>
/// <param name="Statements">How many statements ran.</param>
public sealed record StepOutcome(TimeSpan Duration, long? RowsAffected, int Statements)
{
    /// <summary>What went with what the script drops or makes again, and the script does not name.</summary>
    public IReadOnlyList<LostObject> ObjectsLost { get; init; } = [];

    /// <summary>What <see cref="StepExecution.Query"/> gave; null where nothing was asked, or the answer was lost.</summary>
    public StepAnswer? Answer { get; init; }
}

/// <summary>What a query gave.</summary>
/// <param name="Value">The first value of its first row, as text; null without a row.</param>
public sealed record StepAnswer(string? Value);
