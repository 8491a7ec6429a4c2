using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Migrations.Adoption;
using Migrations.Configuration;
using Migrations.Events;
using Migrations.History;
using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Cli.Output;

/// <summary>
/// Reports to programs: one array of records on standard output, whatever happens; errors and warnings on standard error, each one object
/// on a line.
/// </summary>
internal sealed class JsonReport : IReport, IJsonRecords, IDisposable
{
    private readonly Terminal _terminal;
    private readonly Stream _output;
    private readonly Utf8JsonWriter _writer;
    private readonly JsonContext _json = new(
        new JsonSerializerOptions(JsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
    );
    private readonly List<MigrationResult> _finished = [];
    private readonly HashSet<JsonWarning> _warned = [];

    public JsonReport(Terminal terminal)
    {
        _terminal = terminal;
        _output = terminal.IsAzurePipelines ? new MemoryStream() : terminal.Output;
        _writer = new Utf8JsonWriter(
            _output,
            new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
        _writer.WriteStartArray();
        Integrity = new JsonIntegrityReport(this);
        Backups = new JsonBackupReport(this);
        Transfers = new JsonTransferReport(this);
        Scripts = new JsonScriptReport(this);
    }

    public IIntegrityReport Integrity { get; }

    public IBackupReport Backups { get; }

    public ITransferReport Transfers { get; }

    public IScriptReport Scripts { get; }

    /// <summary>Writes into the array.</summary>
    public Utf8JsonWriter Writer => _writer;

    public void Publish(MigrationEvent item)
    {
        switch (item)
        {
            case StepFinished e:
                _finished.Add(e.Result);
                break;
            case WarningRaised e:
                Warn(new JsonWarning(e.Message));
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
            Warn(new JsonWarning(warning, target.Display));
        Write(plan.Skipped.Select(skip => JsonResult.Of(target, service, plan.Direction, skip)), json => json.JsonResult);
        Write(
            plan.Steps.Select(step =>
                JsonResult.Of(
                    target,
                    service,
                    step,
                    [.. dialect.Split(step.Script).Select(s => ScriptRedaction.Show(dialect, s.Text))],
                    losses.FirstOrDefault(l => string.Equals(l.Migration, step.Migration.FullName, StringComparison.Ordinal))
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

    // Each record names its service.
    public void Services(string summary) { }

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
        WriteError(JsonSerializer.Serialize(line, _json.JsonErrorLine));
        if (!_terminal.IsAzurePipelines)
            return;
        foreach (var issue in AzurePipelines.Issues(exception))
            _terminal.Command(issue, toError: true);
    }

    public void Complete()
    {
        _writer.WriteEndArray();
        _writer.Flush();
        if (_output is MemoryStream memory)
        {
            var output = _terminal.Output;
            output.Write(Encoding.UTF8.GetBytes(Safe(Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length))));
            output.WriteByte((byte)'\n');
            return;
        }

        _output.WriteByte((byte)'\n');
        _output.Flush();
    }

    public void Dispose()
    {
        _writer.Dispose();
    }

    /// <summary>Appends records to the array.</summary>
    /// <param name="records">The records.</param>
    /// <param name="type">How they are written; asked only when there is one, because working it out takes 20 ms that a call with nothing
    /// to say has better uses for.</param>
    public void Write<T>(IEnumerable<T> records, Func<JsonContext, JsonTypeInfo<T>> type)
    {
        foreach (var record in records)
        {
            JsonSerializer.Serialize(_writer, record, type(_json));
            if (_writer.BytesPending > 32_768)
                _writer.Flush();
        }
    }

    private void Warn(JsonWarning warning)
    {
        if (!_warned.Add(warning))
            return;
        WriteError(JsonSerializer.Serialize(new JsonWarningLine(warning), _json.JsonWarningLine));
        if (_terminal.IsAzurePipelines)
            _terminal.Command(AzurePipelines.Issue("warning", warning.Message), toError: true);
    }

    private void WriteError(string line) => _terminal.ErrorRaw(_terminal.IsAzurePipelines ? Safe(line) : line);

    // Within JSON the sign occurs in strings only, where its escaped form means the same and gives the agent no order.
    private static string Safe(string json) => json.Replace("##", "\\u0023#", StringComparison.Ordinal);
}
