using System.Diagnostics;
using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Runs one script and its history row in one transaction, and leaves the connection as it was.</summary>
internal sealed class SqliteStepRunner
{
    private readonly ScriptTransaction _transaction;
    private readonly SqliteConnection _connection;
    private readonly SqliteHandle _handle;
    private readonly List<StatementException>? _leftOut;
    private readonly StepExecution _step;
    private readonly CancellationToken _cancellation;
    private readonly ScriptRunner _script;
    private readonly long _start = Stopwatch.GetTimestamp();
    private ForeignKeyGuard? _guard;
    private bool _hasBegun;
    private bool _hasRunCode;
    private long _changesBefore;

    /// <param name="transaction">The transaction that the step has, or has a part in.</param>
    /// <param name="step">The step.</param>
    /// <param name="leftOut">Takes the statements that are not run because they reach beyond the copy; null: such a statement ends the
    /// script.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public SqliteStepRunner(
        ScriptTransaction transaction,
        StepExecution step,
        List<StatementException>? leftOut,
        CancellationToken cancellationToken
    )
    {
        _transaction = transaction;
        _connection = transaction.Connection;
        _handle = _connection.Handle;
        _step = step;
        _leftOut = leftOut;
        _cancellation = cancellationToken;
        _script = new ScriptRunner(_handle, _connection.State, step, _connection.Options.Events)
        {
            EnsureBegun = EnsureBegun,
            LeadingHaveRun = transaction.IsOfRun,
            AfterCommit = transaction.AfterCommit,
            LeftOut = leftOut,
        };
    }

    /// <summary>Runs it; when it throws, everything has been rolled back.</summary>
    public StepOutcome Run()
    {
        try
        {
            _handle.Watch.Token = _cancellation;
            _transaction.History.Watch(() =>
            {
                RunScript();
                return true;
            });
            Check();
            var outcome = Record();
            if (_step.Query is { } query)
                outcome = outcome with { Answer = new StepAnswer(_handle.QueryText(query)) };
            if (!_transaction.IsOfRun)
                _transaction.Commit(_leftOut);
            return outcome;
        }
        catch (SqliteFailure e) when (_hasRunCode)
        {
            // Code is not run again by itself: what it did elsewhere was not rolled back.
            _transaction.RollBack();
            throw SqliteErrors.Translate(e, _connection.Target, _handle);
        }
        catch
        {
            _transaction.RollBack();
            throw;
        }
        finally
        {
            _handle.Watch.Token = CancellationToken.None;
        }
    }

    private void RunScript()
    {
        if (_step.Script.Code is null)
        {
            _script.Run(_cancellation);
            return;
        }

        EnsureBegun();
        _hasRunCode = true;
        new CodeRunner(_connection, _step).Run(_cancellation);
    }

    private void EnsureBegun()
    {
        if (_hasBegun)
            return;
        _connection.EnforceForeignKeys(!_step.Analysis.SuspendsForeignKeys);
        if (!_transaction.IsOfRun)
            _transaction.Begin(_step.Analysis.TransactionModes, _step.IsLast);
        _hasBegun = true;
        if (_step.Analysis.IsGuarded)
            _guard = ForeignKeyGuard.Begin(_handle, _connection.Keyless, _step);
        _changesBefore = _handle.TotalChanges;
    }

    /// <summary>Runs it, checks whether the guard would refuse it, and rolls everything back.</summary>
    /// <returns>What would go with tables that it recreates.</returns>
    /// <exception cref="StatementException">SQLite or the guard refuses it.</exception>
    public IReadOnlyList<LostObject> Try()
    {
        try
        {
            _handle.Watch.Token = _cancellation;
            _script.IsTrial = true;
            _script.Run(_cancellation);
            Check();
            return _guard?.Lost ?? [];
        }
        finally
        {
            _transaction.RollBack();
            _handle.Watch.Token = CancellationToken.None;
        }
    }

    private void Check()
    {
        _guard?.Check();
        if (_step.KeysDue.Count == 0 || OpenForeignKeys.Find(_handle) is not { Count: > 0 } open)
            return;
        var location = new ScriptLocation(_step.Script.File, _step.Script.FirstLine);
        throw new StatementException(
            ErrorId.ForeignKeyBroken,
            $"{location}: {string.Join(", ", _step.KeysDue)} may leave foreign keys open up to this migration at the latest, "
                + $"and at its end these are: {string.Join("; ", open.Select(k => k.Message))}. The script was rolled back.",
            "Close the keys in this script; or name a later migration in the header that lets them be open."
        )
        {
            Location = location,
        };
    }

    private StepOutcome Record()
    {
        _cancellation.ThrowIfCancellationRequested();
        var duration = Stopwatch.GetElapsedTime(_start);
        var rows = _handle.TotalChanges - _changesBefore;
        _connection.State.ReadSchemaAgain();
        _connection.State.AllowWriting();
        _transaction.History.Insert(
            _step.Entry with
            {
                ExecutionTimeMs = (long)duration.TotalMilliseconds,
                RowsAffected = rows,
                SchemaFingerprint = _step.IsLast ? SqliteSchemaReader.Read(_handle, _connection.Options.HistoryTable).Fingerprint : null,
            }
        );
        return new StepOutcome(duration, rows, _script.Statements) { ObjectsLost = _guard?.Lost ?? [] };
    }
}
