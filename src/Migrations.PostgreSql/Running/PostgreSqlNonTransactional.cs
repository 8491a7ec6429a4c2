using System.Globalization;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Sql;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Runs the statements of scripts that have no transaction, each alone.</summary>
internal sealed class PostgreSqlNonTransactional(PostgreSqlConnection connection, Confinement? confinement)
{
    // Who cancels wants the prompt back.
    private static readonly TimeSpan CancelledCleanUp = TimeSpan.FromSeconds(1);

    private MigrationScript? _script;

    /// <summary>Runs one statement.</summary>
    public async Task<StatementOutcome> ExecuteAsync(StepExecution step, ScriptStatement statement, CancellationToken cancellationToken)
    {
        await connection.ReconnectAsync(cancellationToken).ConfigureAwait(false);
        if (!ReferenceEquals(_script, step.Script))
            await PostgreSqlErrors
                .TranslateAsync(
                    EnterAsync(step, statement.Index, cancellationToken),
                    $"Preparing the session for {step.Migration.FullName}"
                )
                .ConfigureAwait(false);
        if (StatementClassifier.IsPassedOver(statement.Text, connection.ServerVersion))
            return StatementOutcome.Of(0);
        if (
            confinement is not null
            && await confinement.RefusalAsync(connection, statement.Text, statement.Location, cancellationToken).ConfigureAwait(false)
                is { } refusal
        )
            throw refusal;
        var role = StatementClassifier.Classify(statement.Text);
        if (connection.IsPooled && role == StatementRole.Setting && !connection.IsInOwnTransaction)
            throw NeedsSession(step, statement);
        var index = ConcurrentIndex.Read(new StatementWords(statement.Text));
        try
        {
            if (index is not null)
                await index.DropInvalidAsync(connection, cancellationToken).ConfigureAwait(false);
            var rows = await SendAsync(step, statement, cancellationToken).ConfigureAwait(false);
            connection.Observe(role);
            return new StatementOutcome(rows, connection.TakeCascaded());
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            await connection.RollBackAsync().ConfigureAwait(false);
            if (index is not null)
                await CleanUpAsync(
                        index,
                        cancellationToken.IsCancellationRequested ? CancelledCleanUp : connection.Options.TableLockTimeout
                    )
                    .ConfigureAwait(false);
            throw Translate(step, statement, e, cancellationToken);
        }
    }

    /// <summary>Restores what such a script has set on the connection.</summary>
    public async Task<bool> LeaveAsync(CancellationToken cancellationToken)
    {
        if (_script is null)
            return false;
        _script = null;
        connection.Leftovers.ExpectRows();
        if (connection.IsPooled)
            return false;
        foreach (var sql in (string[])["RESET SESSION AUTHORIZATION", "RESET ROLE", "RESET ALL"])
            await connection.ExecuteAsync(sql, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> EnterAsync(StepExecution step, int index, CancellationToken cancellationToken)
    {
        await LeaveAsync(cancellationToken).ConfigureAwait(false);
        await connection.Leftovers.ClearAsync(cancellationToken).ConfigureAwait(false);
        connection.Leftovers.Expect();
        connection.Server.ObserveScript();
        connection.WorkOn(step.Migration.FullName);
        if (connection.IsPooled)
        {
            WarnOfLimits(step);
            _script = step.Script;
            return true;
        }

        var header = step.Script.Header;
        await SetAsync("application_name", ApplicationName.Of(step.Migration.FullName), cancellationToken).ConfigureAwait(false);
        if (connection.ReadsBackslashes)
            await SetAsync("standard_conforming_strings", "on", cancellationToken).ConfigureAwait(false);
        if (connection.Server.ClientCheck is { } check)
            await SetAsync(check.Name, check.Value, cancellationToken).ConfigureAwait(false);
        // A lock timeout in CREATE INDEX CONCURRENTLY leaves an invalid index behind: only who asks for one gets it.
        if (header.TableLockTimeout is { } lockTimeout)
            await SetAsync("lock_timeout", Milliseconds(lockTimeout), cancellationToken).ConfigureAwait(false);
        if ((header.StatementTimeout ?? connection.Options.StatementTimeout) is { } limit)
            await SetAsync("statement_timeout", Milliseconds(limit), cancellationToken).ConfigureAwait(false);
        _script = step.Script;
        if (index > 0)
            await RepeatSettingsAsync(step.Script, index, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>What would be set on one of the pooler's backends would hold for whomever it serves next.</summary>
    private void WarnOfLimits(StepExecution step)
    {
        if ((step.Script.Header.TableLockTimeout ?? step.Script.Header.StatementTimeout ?? connection.Options.StatementTimeout) is not null)
            connection.Options.Events.Publish(
                new WarningRaised(
                    $"{step.Migration.FullName} runs without a transaction and through a pooler in transaction mode: its time "
                        + "limits cannot be set, and do not hold."
                )
            );
    }

    private static MigrationException NeedsSession(StepExecution step, ScriptStatement statement) =>
        new(
            ErrorId.PoolerUnsuitable,
            $"Statement {statement.Index + 1} of {step.Migration.FullName} sets something for the statements after it, and "
                + "the script runs without a transaction: through a pooler in transaction mode each of them may get another "
                + "backend.",
            "Connect to the server itself instead of the pooler for this migration, or write names with their schema and take the SET out."
        )
        {
            Location = statement.Location,
        };

    /// <summary>
    /// A script that goes on where an earlier run stopped needs the settings that its first statements made in that run's session.
    /// </summary>
    private async Task RepeatSettingsAsync(MigrationScript script, int before, CancellationToken cancellationToken)
    {
        var statements = PostgreSqlStatementReader.Read(script).Where(p => p.Kind == SqlPieceKind.Statement).Take(before);
        foreach (
            var piece in statements.Where(p =>
                StatementClassifier.Classify(p.Text) == StatementRole.Setting
                && !StatementClassifier.IsPassedOver(p.Text, connection.ServerVersion)
            )
        )
            await connection.ExecuteAsync(piece.Text, cancellationToken).ConfigureAwait(false);
    }

    private Task SetAsync(string name, string value, CancellationToken cancellationToken) =>
        connection.QueryAsync("SELECT pg_catalog.set_config($1, $2, false)", _ => { }, cancellationToken, name, value);

    private static string Milliseconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (long)time.TotalMilliseconds)}ms");

    private async Task<long?> SendAsync(StepExecution step, ScriptStatement statement, CancellationToken cancellationToken)
    {
        var isCopy = new StatementWords(statement.Text)[0] is "COPY";
        if (!isCopy)
        {
            var rows =
                step.Rows is { } sink && QueryRows.MayComeFrom(statement.Text)
                    ? await QueryRows.ReadAsync(connection, statement.Text, sink, cancellationToken).ConfigureAwait(false)
                    : await connection.ExecuteAsync(statement.Text, cancellationToken).ConfigureAwait(false);
            return rows < 0 ? null : rows;
        }

        var index = 0;
        using var pieces = PostgreSqlStatementReader.Read(step.Script).GetEnumerator();
        while (pieces.MoveNext())
        {
            if (pieces.Current.Kind != SqlPieceKind.Statement || index++ < statement.Index)
                continue;
            if (!pieces.Current.CopiesFromClient)
                return await connection.ExecuteAsync(statement.Text, cancellationToken).ConfigureAwait(false);
            await CopyData.SendAsync(connection, statement.Text, pieces, _ => { }, cancellationToken).ConfigureAwait(false);
            break;
        }

        return null;
    }

    /// <summary>
    /// Drops what a failed build has left, unless that takes long too: DROP INDEX CONCURRENTLY waits for the same transactions as the build
    /// did.
    /// </summary>
    private async Task CleanUpAsync(ConcurrentIndex index, TimeSpan limit)
    {
        using var stop = new CancellationTokenSource(limit);
        try
        {
            await connection.ReconnectAsync(stop.Token).ConfigureAwait(false);
            await index.DropInvalidAsync(connection, stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or MigrationException or OperationCanceledException)
        {
            // The next run drops it before it builds the index again.
        }
    }

    private Exception Translate(StepExecution step, ScriptStatement statement, Exception e, CancellationToken cancellationToken)
    {
        if (e is OperationCanceledException || cancellationToken.IsCancellationRequested)
            return new OperationCanceledException(e.Message, e, cancellationToken);
        if (e is PostgresException p && PostgreSqlErrors.IsAnswer(p))
            return StatementFailure.Of(
                p,
                step.Script,
                new SqlPiece(SqlPieceKind.Statement, statement.Text, statement.Location.Line, statement.Location.Column ?? 1),
                blocker: null,
                attempts: 1,
                confinement
            );
        return new MigrationException(
            ErrorId.ConnectionFailed,
            $"The connection broke while statement {statement.Index + 1} of {step.Migration.FullName} ran outside a "
                + $"transaction: {PostgreSqlErrors.Message(e).TrimEnd('.')}.",
            "Check the server and the network, then run the command again: it looks up whether the statement took effect, and goes on "
                + "from there.",
            e
        )
        {
            Location = statement.Location,
        };
    }
}
