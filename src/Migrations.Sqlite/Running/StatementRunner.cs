using Migrations.Databases;
using Migrations.Sql;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Runs one statement outside any transaction.</summary>
internal static class StatementRunner
{
    /// <summary>Runs it.</summary>
    /// <returns>The rows inserted, updated and deleted.</returns>
    /// <exception cref="StatementException">SQLite refused it.</exception>
    /// <exception cref="SqliteFailure">Another connection stands in the way.</exception>
    public static long Run(SqliteConnection connection, StepExecution step, ScriptStatement statement, CancellationToken cancellationToken)
    {
        var handle = connection.Handle;
        var head = StatementHead.Read(statement.Text);
        if (SqlitePragmas.SetsForeignKeys(head))
            return 0;
        handle.Watch.Token = cancellationToken;
        try
        {
            connection.State.Remember(head);
            if (SqlitePragmas.TakesJournal(head))
                return 0;
            var before = handle.TotalChanges;
            using (var compiled = handle.Prepare(statement.Text))
                compiled.Run(step.Rows);
            connection.State.ReadSchemaAgain();
            connection.State.AllowWriting();
            return handle.TotalChanges - before;
        }
        catch (SqliteFailure e) when (!e.IsBusy)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (e.PrimaryCode == SqliteCodes.Interrupt && handle.Watch.TimedOut)
                throw SqliteErrors.TimedOut(handle.Watch.StatementTimeout, statement.Text, statement.Location);
            throw Refused(e, statement);
        }
        finally
        {
            handle.Watch.Token = CancellationToken.None;
        }
    }

    private static StatementException Refused(SqliteFailure failure, ScriptStatement statement)
    {
        if (failure.Offset is not { } bytes)
            return SqliteErrors.Statement(failure, statement.Text, offset: null, statement.Location);
        var offset = System.Text.Encoding.UTF8.GetCharCount(SqliteHandle.NullTerminated(statement.Text), 0, bytes);
        var before = statement.Text.AsSpan(0, offset);
        var lines = before.Count('\n');
        var column = lines == 0 ? statement.Location.Column + offset : offset - before.LastIndexOf('\n');
        var location = statement.Location with { Line = statement.Location.Line + lines, Column = column };
        return SqliteErrors.Statement(failure, statement.Text, offset, location);
    }
}
