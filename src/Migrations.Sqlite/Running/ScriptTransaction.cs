using Migrations.Events;
using Migrations.Sql;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// The transaction that keeps a script and its history row together, or all scripts of a run, with what scripts leave for after its commit.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="history">The history on it.</param>
internal sealed class ScriptTransaction(SqliteConnection connection, SqliteHistory history)
{
    private HistoryMark? _knownBefore;
    private bool _isBegun;

    /// <summary>The connection.</summary>
    public SqliteConnection Connection => connection;

    /// <summary>The history.</summary>
    public SqliteHistory History => history;

    /// <summary>Whether it is the one of a whole run: then its steps neither begin nor commit it.</summary>
    public bool IsOfRun { get; private set; }

    /// <summary>Statements that scripts end with and that run after the commit.</summary>
    public List<ScriptStatement> AfterCommit { get; } = [];

    /// <summary>Begins it.</summary>
    /// <param name="modes">How a script wants to begin it.</param>
    /// <param name="isLast">Whether it is the last of its run.</param>
    /// <exception cref="SqliteFailure">Another connection writes.</exception>
    /// <exception cref="LockException">Another run has written the history.</exception>
    public void Begin(string? modes, bool isLast)
    {
        connection.Begin(modes, isLast);
        if (history.HasUnknownRows())
        {
            RollBack();
            throw new LockException(
                ErrorId.LockLost,
                $"Another run has changed the history of '{connection.Target.Display}' since this one read it, "
                    + "although this one holds the lock.",
                "Do not run migrations on the same file from several machines or containers at once; run the command again.",
                holder: null
            );
        }

        (_knownBefore, _isBegun) = (history.Known, true);
        history.CreateIfDue();
    }

    /// <summary>Begins the one of a whole run.</summary>
    /// <param name="modes">How a script wants to begin it.</param>
    public void BeginRun(string? modes)
    {
        Begin(modes, isLast: true);
        IsOfRun = true;
    }

    /// <summary>Ends the one of a whole run; rolls back what is not committed.</summary>
    public void EndRun()
    {
        if (_isBegun)
            RollBack();
        IsOfRun = false;
    }

    /// <summary>Commits it, and restores what scripts have set.</summary>
    /// <param name="leftOut">Takes the statements that are not run because they reach beyond the copy; null: such a statement is an
    /// error.</param>
    public void Commit(List<StatementException>? leftOut)
    {
        connection.Commit();
        history.OnCommitted();
        _isBegun = false;
        foreach (var statement in AfterCommit)
            RunAfterCommit(statement, leftOut);
        AfterCommit.Clear();
        connection.WarnOfFileSettings();
        connection.Restore();
    }

    /// <summary>Rolls it back if it is open, and restores what scripts have set.</summary>
    public void RollBack()
    {
        AfterCommit.Clear();
        connection.RollBack();
        // Also where SQLite has rolled back already, as it does for some errors (https://sqlite.org/lang_transaction.html).
        if (_isBegun)
            history.ReturnTo(_knownBefore);
        _isBegun = false;
        connection.Restore();
    }

    private void RunAfterCommit(ScriptStatement statement, List<StatementException>? leftOut)
    {
        try
        {
            connection.Handle.Execute(statement.Text);
        }
        catch (SqliteFailure e) when (e.Reach is { } reach)
        {
            var refused = BeyondCopy.Refused(
                SqliteErrors.Hide(reach.Describe(statement.Text), statement.Text),
                SqliteErrors.Cover(statement.Text),
                statement.Location,
                inner: e
            );
            if (leftOut is null)
                throw refused;
            leftOut.Add(refused);
        }
        catch (SqliteFailure e)
        {
            connection.Options.Events.Publish(
                new WarningRaised(
                    $"The migration is committed, but its statement '{statement.Text}', which can only run after the commit, failed: "
                        + $"{e.Message} [{e.CodeText}]"
                )
            );
        }
    }
}
