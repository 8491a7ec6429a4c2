using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Migrations.Adoption;
using Migrations.Configuration;
using Migrations.Events;
using Migrations.Fleet;
using Migrations.History;
using Migrations.Logging;
using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Cli.Output;

/// <summary>
/// Reports to programs: one array of records on standard output, whatever happens; errors and warnings on standard error, each one object
/// on a line.
/// </summary>
internal sealed class JsonReport : IReport, IDisposable
{
    private readonly Terminal _terminal;
    private readonly JsonRecordWriter _records;
    private readonly List<MigrationResult> _finished = [];
    private readonly ConcurrentDictionary<JsonWarning, bool> _said;
    private readonly JsonReport? _whole;

    /// <summary>A report of a whole call.</summary>
    public JsonReport(Terminal terminal)
        : this(terminal, [], whole: null) { }

    private JsonReport(Terminal terminal, ConcurrentDictionary<JsonWarning, bool> said, JsonReport? whole)
    {
        (_terminal, _said, _whole) = (terminal, said, whole);
        _records = new JsonRecordWriter(terminal);
        Integrity = new JsonIntegrityReport(_records, terminal);
        Backups = new JsonBackupReport(_records);
        Transfers = new JsonTransferReport(_records);
        Scripts = new JsonScriptReport(_records);
    }

    public IIntegrityReport Integrity { get; }

    public IBackupReport Backups { get; }

    public ITransferReport Transfers { get; }

    public IScriptReport Scripts { get; }

    public void Publish(MigrationEvent item)
    {
        switch (item)
        {
            case StepFinished e:
                _finished.Add(e.Result);
                break;
            case WarningRaised e:
                Warn(new JsonWarning(e.Message), e.Location);
                break;
            case ConnectionRetried e:
                Warn(new JsonWarning(e.Reason, e.Database, e.Attempt, e.Attempts));
                break;
            case LockAwaited e:
                Warn(new JsonWarning(EventText.Of(e)));
                break;
            case StepRetried e:
                Warn(new JsonWarning(EventText.Of(e), Attempt: e.Attempt, Attempts: e.Attempts));
                break;
            default:
                break;
        }
    }

    public void Status(DatabaseTarget target, IReadOnlyList<MigrationStatus> statuses) =>
        Write(statuses.Select(JsonStatus.Of), json => json.JsonStatus);

    public void Summary(DatabaseStatus status) => Write([JsonSummary.Of(status)], json => json.JsonSummary);

    public void History(DatabaseTarget target, IReadOnlyList<JournalEntry> entries, bool isFiltered) =>
        Write(entries.Select(e => JsonEvent.Of(target, e)), json => json.JsonEvent);

    public void Profile(DatabaseTarget target, IReadOnlyList<MigrationProfile> profiles) =>
        Write(profiles.Select(JsonProfile.Of), json => json.JsonProfile);

    public void Plan(DatabaseTarget target, MigrationPlan plan, ISqlDialect dialect, string? service, IReadOnlyList<StepLoss> losses)
    {
        foreach (var warning in plan.Warnings)
            Warn(new JsonWarning(warning.ToString(), target.Display));
        Write(plan.Skipped.Select(skip => JsonResult.Of(target, service, plan.Direction, skip)), json => json.JsonResult);
        Write(
            plan.Steps.Select(
                (step, i) =>
                    JsonResult.Of(
                        target,
                        service,
                        plan,
                        i,
                        [.. dialect.Split(step.Script).Select(s => ScriptRedaction.Show(dialect, s.Text))],
                        [.. losses.Where(l => string.Equals(l.Step, step.Migration.FullName, StringComparison.Ordinal))]
                    )
            ),
            json => json.JsonResult
        );
    }

    public void Run(DatabaseTarget target, MigrationDirection direction, IReadOnlyList<MigrationResult> results, TimeSpan elapsed)
    {
        _finished.Clear();
        Write(results.Select(JsonResult.Of), json => json.JsonResult);
    }

    public void Repairs(DatabaseTarget target, IReadOnlyList<RepairResult> repairs, bool whatIf) =>
        Write(repairs.Select(JsonRepair.Of), json => json.JsonRepair);

    public void Baseline(DatabaseTarget target, IReadOnlyList<MigrationStatus> recorded, bool whatIf) =>
        Write(recorded.Select(JsonStatus.Of), json => json.JsonStatus);

    public void Adoption(AdoptionResult result) => Write([JsonAdoption.Of(result)], json => json.JsonAdoption);

    public void AdoptionUndo(AdoptionUndoResult result) => Write([JsonAdoptionUndo.Of(result)], json => json.JsonAdoptionUndo);

    // Each record names its database and its service.
    public void Fleet(string summary) { }

    public void Merged(FleetSummary summary) => Write(JsonFleetRow.Of(summary), json => json.JsonFleetRow);

    public void Configuration(IReadOnlyList<ConfigurationEntry> entries) =>
        Write(entries.Select(e => new JsonSetting(e.Service, e.Name, e.Value, e.Source)), json => json.JsonSetting);

    public void Cleared(ClearResult result) => Write([JsonCleared.Of(result)], json => json.JsonCleared);

    public void Created(IReadOnlyList<string> files, bool whatIf) => Write(files.Select(file => new JsonFile(file)), json => json.JsonFile);

    public void Failure(DatabaseTarget? target, Exception exception)
    {
        var error = exception as MigrationException;
        // The exception knows what is committed; events alone do not, when all steps share one transaction.
        var done = error?.Applied ?? [.. _finished.Where(result => result.Outcome == MigrationOutcome.Done)];
        var failed = _finished.Where(result => result.Outcome == MigrationOutcome.Failed);
        Write(done.Concat(failed).Select(JsonResult.Of), json => json.JsonResult);
        _finished.Clear();
        var line = new JsonErrorLine(error is null ? JsonError.Of(target, exception) : JsonError.Of(target, error));
        WriteError(JsonSerializer.Serialize(line, _records.Json.JsonErrorLine));
        _terminal.Commands(LogCommands.Errors(_terminal.Format, exception), toError: true);
    }

    public IReport On(Terminal page) => new JsonReport(page, _said, this);

    public void Complete()
    {
        _records.Complete();
        if (_whole is null)
            return;
        _whole._records.Append((MemoryStream)_terminal.Output);
        Dispose();
    }

    public void Dispose() => _records.Dispose();

    private void Write<T>(IEnumerable<T> records, Func<JsonContext, JsonTypeInfo<T>> type) => _records.Write(records, type);

    private void Warn(JsonWarning warning, ScriptLocation? location = null)
    {
        if (!_said.TryAdd(warning, value: true))
            return;
        WriteError(JsonSerializer.Serialize(new JsonWarningLine(warning), _records.Json.JsonWarningLine));
        _terminal.Commands(LogCommands.Warning(_terminal.Format, warning.Message, location), toError: true);
    }

    private void WriteError(string line) => _terminal.ErrorRaw(_terminal.IsReadByService ? SafeJsonStream.Safe(line) : line);
}
