using System.Globalization;
using Migrations.Databases;
using Migrations.History;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// What stands around a script in its transaction: the settings and the look at the lock before it, the row of the history and the look at
/// the history after it.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="history">The history.</param>
/// <param name="step">The step.</param>
/// <param name="batch">Takes the statements.</param>
/// <param name="content">What the script has shown itself to be.</param>
/// <param name="figures">How its rows are counted.</param>
internal sealed class StepFrame(
    PostgreSqlConnection connection,
    PostgreSqlHistory history,
    StepExecution step,
    StepBatch batch,
    StepContent content,
    StepFigures figures
)
{
    private readonly bool _isInRun = connection.IsInRun;
    private readonly HashSet<NpgsqlBatchCommand> _prepares = [];
    private readonly HashSet<NpgsqlBatchCommand> _beside = [];
    private NpgsqlBatchCommand? _guard;
    private NpgsqlBatchCommand? _before;
    private NpgsqlBatchCommand? _insert;
    private NpgsqlBatchCommand? _check;
    private NpgsqlBatchCommand? _commit;
    private NpgsqlBatchCommand? _verification;
    private bool _wasQuiet;

    /// <summary>Begins the step, in a transaction of its own unless it is in that of a run.</summary>
    /// <param name="tableLockTimeout">How long a statement may wait for a table lock.</param>
    public void Begin(TimeSpan tableLockTimeout)
    {
        if (!_isInRun && step.Script.Code is null)
            batch.Add("BEGIN " + step.Analysis.TransactionModes);
        var guard = new NpgsqlBatchCommand();
        string Set(string name, string value)
        {
            guard.Parameters.Add(PostgreSqlText.Parameter(value));
            return string.Create(CultureInfo.InvariantCulture, $"pg_catalog.set_config('{name}', ${guard.Parameters.Count}, true)");
        }

        var settings = new List<string>
        {
            Set("lock_timeout", Milliseconds(tableLockTimeout)),
            Set("application_name", ApplicationName.Of(step.Migration.FullName)),
        };
        if (connection.ReadsBackslashes)
            settings.Add("pg_catalog.set_config('standard_conforming_strings', 'on', true)");
        if (connection.Server.ClientCheck is { } check)
            settings.Add($"pg_catalog.set_config('{check.Name}', '{check.Value}', true)");
        if ((step.Script.Header.StatementTimeout ?? connection.Options.StatementTimeout) is { } limit)
            settings.Add(Set("statement_timeout", Milliseconds(limit)));
        if (_isInRun)
            settings.AddRange(figures.Preparations);
        settings.Add(history.Guard.Preparation);
        if (connection.Guard is { } isLocked)
            settings.Add(isLocked);
        guard.CommandText = "SELECT " + string.Join(", ", settings);
        _guard = batch.Add(batch.Own(guard));
    }

    /// <summary>Puts an end to a role that the script has taken.</summary>
    public void ResetRole()
    {
        if (content.OnlyDefines)
            return;
        batch.Add("RESET SESSION AUTHORIZATION");
        batch.Add("RESET ROLE");
    }

    /// <summary>
    /// The schema as the script leaves it, read in its transaction. That it cannot be read (others lock it) is no reason to take the script
    /// back. The savepoint restores the script's own settings, which hold for triggers.
    /// </summary>
    public async Task<string?> FingerprintAsync(CancellationToken cancellationToken)
    {
        batch.Add("SAVEPOINT migrations_look");
        await batch.SendAsync(cancellationToken).ConfigureAwait(false);
        batch.Add("ROLLBACK TO SAVEPOINT migrations_look");
        batch.Add("RELEASE SAVEPOINT migrations_look");
        try
        {
            return await new PostgreSqlSchemaReader(connection)
                .ReadFingerprintAsync(ofDump: false, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e) && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Ends the step with its row, and its transaction where it has one of its own.</summary>
    public void End(JournalEntry entry)
    {
        // Deferred constraints are checked by functions of the user's, under the script's own search_path. In the transaction of a run the
        // steps that follow may be what fulfils them, so there they are checked with the last. Those of our own row are checked at once.
        var isQuiet = content.IsQuiet;
        if (isQuiet ? content.KnownRows > 0 : !_isInRun || step.ClosesTransaction)
            batch.Add("SET CONSTRAINTS ALL IMMEDIATE");
        // In the transaction of a run our own rows hold the lock; all are compared before its COMMIT.
        if (!_isInRun && !isQuiet)
            _before = batch.Add(batch.Own(history.Guard.Before(entry)));
        _insert = batch.Add(batch.Own(history.InsertMeasured(entry, figures, content.OnlyDefines ? content.KnownRows : null)));
        _check = batch.Add(batch.Own(isQuiet ? history.Guard.CheckQuiet(entry) : history.Guard.Check(entry, isOurs: true)));
        _wasQuiet = isQuiet;
        _beside.UnionWith(entry.Beside.Select(batch.Add));
        if (batch.UsesPrepared && connection.Server.MayRunCode && connection.Prepared.IsAny)
            _verification = batch.Add(connection.Prepared.Verification);
        if (!content.OnlyDefines)
            batch.Add("RESET ALL"); // What the script has set on the connection must not reach the next one.
        if (batch.UsesPrepared && !step.IsLast)
            _prepares.UnionWith(connection.Prepared.Prepare().Select(batch.Add));
        if (_isInRun)
            return;
        if (!isQuiet)
            batch.Add(HistoryGuard.Closing);
        if (step.Query is { } query)
            batch.Ask(query);
        _commit = batch.Add(new NpgsqlBatchCommand("COMMIT"));
    }

    /// <summary>
    /// Whether a step failed because a script has changed what was prepared for it: it runs again without. The answer to that is then the
    /// server's to the statements in full.
    /// </summary>
    public bool MissesPrepared(PostgresException e) =>
        e.BatchCommand is NpgsqlBatchCommand command
        && (
            ReferenceEquals(command, _verification)
            || _prepares.Contains(command)
            || (e.SqlState is PostgresErrorCodes.InvalidSqlStatementName && IsAnyOf(command, _guard, _before, _insert, _check))
        );

    /// <summary>Whether a step failed because the history was not as it should be where little was looked at: it runs again, and all
    /// is.</summary>
    public bool MustLookAtAll(PostgresException e) =>
        _wasQuiet && e.SqlState is PostgresErrorCodes.DivisionByZero && IsAnyOf(e.BatchCommand, _check);

    /// <summary>The engine's error where a statement of our own was refused; null where it was the script's.</summary>
    public MigrationException? Translate(PostgresException e)
    {
        if (ReferenceEquals(e.BatchCommand, _guard) && _guard is not null && e.SqlState is PostgresErrorCodes.DivisionByZero)
            return PostgreSqlLock.Lost(step.Migration.FullName);
        if (IsAnyOf(e.BatchCommand, _guard, _before, _insert, _check))
            return IsAnyOf(e.BatchCommand, _before, _check) && e.SqlState is PostgresErrorCodes.DivisionByZero
                ? history.Errors.Disturbed(step.Entry, e)
                : history.Errors.Refused(e, "Writing");
        if (e.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction && IsAnyOf(e.BatchCommand, _commit))
            return StatementFailure.InCommit(e, step.Migration.FullName);
        return e.BatchCommand is NpgsqlBatchCommand beside && _beside.Contains(beside)
            ? OutOfStep.Error(step.Entry, $"{e.MessageText} ({e.SqlState})", e)
            : null;
    }

    private static bool IsAnyOf(NpgsqlBatchCommand? command, params ReadOnlySpan<NpgsqlBatchCommand?> own)
    {
        foreach (var one in own)
        {
            if (one is not null && ReferenceEquals(command, one))
                return true;
        }

        return false;
    }

    private static string Milliseconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (long)time.TotalMilliseconds)}ms");
}
