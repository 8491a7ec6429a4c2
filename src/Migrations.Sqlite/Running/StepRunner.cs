using System.Diagnostics;
using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Runs one script and its history row in one transaction, and leaves the connection as it was.</summary>
internal sealed class StepRunner
{
    private readonly SqliteSession _session;
    private readonly SqliteHandle _handle;
    private readonly StepExecution _step;
    private readonly CancellationToken _cancellation;
    private readonly ScriptRunner _script;
    private readonly long _start = Stopwatch.GetTimestamp();
    private ForeignKeyGuard? _guard;
    private bool _hasBegun;
    private long _changesBefore;

    public StepRunner(SqliteSession session, StepExecution step, CancellationToken cancellationToken)
    {
        _session = session;
        _handle = session.Handle;
        _step = step;
        _cancellation = cancellationToken;
        _script = new ScriptRunner(_handle, session.State, step, session.Options.Events)
        {
            EnsureBegun = EnsureBegun,
            LeadingHaveRun = session.Run is not null,
            AfterCommit = session.AfterCommit,
            LeftOut = session.LeftOut,
        };
    }

    private bool IsPartOfRun => _session.Run is not null;

    /// <summary>Runs it; when it throws, everything has been rolled back.</summary>
    public StepOutcome Run()
    {
        try
        {
            _handle.Watch.Token = _cancellation;
            _session.Journal.Watch(
                () =>
                {
                    _script.Run(_cancellation);
                    return true;
                },
                _session.State
            );
            Check();
            var outcome = Record();
            if (!IsPartOfRun)
                _session.Commit();
            return outcome;
        }
        catch
        {
            _session.RollBack();
            throw;
        }
        finally
        {
            _handle.Watch.Token = CancellationToken.None;
        }
    }

    private void EnsureBegun()
    {
        if (_hasBegun)
            return;
        _session.EnforceForeignKeys(!_step.Analysis.SuspendsForeignKeys);
        if (!IsPartOfRun)
            _session.Begin(_step.Analysis.TransactionModes, _step.IsLast);
        _hasBegun = true;
        if (_step.Analysis.IsGuarded)
            _guard = ForeignKeyGuard.Begin(_handle, _session.Keyless, _step);
        _changesBefore = _handle.TotalChanges;
    }

    /// <summary>Runs it, looks whether the guard would refuse it, and takes everything back.</summary>
    /// <returns>What would go with tables that it makes again.</returns>
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
            _session.RollBack();
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
            $"{location}: {string.Join(", ", _step.KeysDue)} may leave foreign keys open up to this migration at the latest, and at its end these are: {string.Join("; ", open.Select(k => k.Message))}. The script was rolled back.",
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
        _session.State.ReadSchemaAgain();
        _session.State.AllowWriting();
        _session.Journal.Insert(
            _step.Entry with
            {
                ExecutionTimeMs = (long)duration.TotalMilliseconds,
                RowsAffected = rows,
                SchemaFingerprint = _step.IsLast ? SqliteSchemaReader.Read(_handle, _session.Options.HistoryTable).Fingerprint : null,
            }
        );
        return new StepOutcome(duration, rows, _script.Statements) { ObjectsLost = _guard?.Lost ?? [] };
    }
}
