using System.Collections;
using System.Management.Automation;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;
using Migrations.Transfer;

namespace Migrations.PowerShell.Commands;

/// <summary>Copies a SQLite database to PostgreSQL or back, and proves every table equal before it is put in place.</summary>
/// <remarks>
/// Every value is read first: each column gets a type into which all of its values fit unchanged, and what fits nowhere stops the copy
/// before
/// anything is written. The tables are built apart, compared by count and digest with what the target returns, and take their places in one
/// transaction. Writes one object for each table, and one for each object that is not copied, with the reason and its text.
/// </remarks>
/// <example>
/// <code>Copy-Database -Database shop.db -Destination postgres://ada@db.example.com/shop -WhatIf</code>
/// <para>Shows the statements, and the type of each column with the reason. Changes nothing.</para>
/// </example>
/// <example>
/// <code>Copy-Database -SourceEnvironment local -Environment staging -Service *</code>
/// <para>Copies the database of each service from one environment of the configuration file to another.</para>
/// </example>
/// <example>
/// <code>(Copy-Database shop.db postgres://ada@db.example.com/shop).LeftOut | Format-List</code>
/// <para>Copies, and shows what has no equal in PostgreSQL, with its text.</para>
/// </example>
/// <example>
/// <code>Copy-Database shop.db postgres://ada@db.example.com/shop -OnError Reject -RejectFile rejected.sql</code>
/// <para>Leaves out the rows that do not fit, and writes them into a file.</para>
/// </example>
/// <example>
/// <code>Copy-Database shop.db postgres://ada@db.example.com/shop -Path migrations</code>
/// <para>Applies the migrations of the folder, and copies only rows into their tables.</para>
/// </example>
/// <example>
/// <code>Copy-Database shop.db postgres://ada@db.example.com/shop -Mapping names.json -FullText articles.body</code>
/// <para>Gives tables and columns the names of a file, and makes a text searchable.</para>
/// </example>
/// <example>
/// <code>Copy-Database postgres://ada@db.example.com/shop copy.db</code>
/// <para>Copies the way back, into a new SQLite file.</para>
/// </example>
[Cmdlet(VerbsCommon.Copy, "Database", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(TableCopy))]
public sealed class CopyDatabaseCommand : PairCommand
{
    private string? _rejectFile;
    private CopyMapping _mapping = CopyMapping.None;

    /// <summary>The database to copy: the path of a SQLite file, or a postgres:// URL. It is only read. Left out with
    /// -SourceEnvironment.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [DatabaseTransformation]
    [ValidateNotNullOrEmpty]
    public string? Database { get; set; }

    /// <summary>The database to copy into, of the other engine; a SQLite file need not exist. Left out with -Environment.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>
    /// The folder of the migrations that make the tables of the target; may have wildcards that mean one folder. What is pending runs, and
    /// only rows are copied, in one transaction. Default: the folder that the configuration names for the service of -Environment; without
    /// one, the tables are those of the source.
    /// </summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The layout of that folder. Default: the configuration's, else found file by file.</summary>
    [Parameter]
    public MigrationLayout? Layout { get; set; }

    /// <summary>The values of <c>${name}</c> in its scripts, by name. Default: those of the configuration file.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? Variable { get; set; }

    /// <summary>Only tables of these names.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Table { get; set; } = [];

    /// <summary>No tables of these names.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] ExcludeTable { get; set; } = [];

    /// <summary>
    /// Types for columns, as <c>table.column=type</c>: bigint, boolean, double precision, numeric, numeric(p,s), text, bytea, date,
    /// timestamp,
    /// timestamptz, json, uuid.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] ColumnType { get; set; } = [];

    /// <summary>
    /// A JSON file with other names for tables and columns, and types of columns; no wildcards. -ColumnType goes first.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Mapping { get; set; }

    /// <summary>
    /// Columns of text, as <c>table.column</c>, that are to be searched in PostgreSQL: each gets a computed column
    /// <c>column_search</c> beside it, with an index.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] FullText { get; set; } = [];

    /// <summary>What to do with rows whose values do not fit: Stop (default), or Reject, which needs -RejectFile.</summary>
    [Parameter]
    [ValidateSet("Stop", "Reject")]
    public string OnError { get; set; } = "Stop";

    /// <summary>The new file of SQL for the rows that are left out.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RejectFile { get; set; }

    /// <summary>Drops tables of the same names in the target first, with what is in them. Asks, unless -Force or -Confirm:$false is
    /// given.</summary>
    [Parameter]
    public SwitchParameter Recreate { get; set; }

    /// <summary>
    /// How many connections read the source at once, and how many tables are written to PostgreSQL at once. Default: one for each
    /// processor, at most 4.
    /// </summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = CopyRequest.DefaultThrottleLimit;

    /// <summary>Does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override IEnumerable<string> Connections => new[] { Database, Destination }.OfType<string>();

    private protected override string? GivenFolder => Path is null ? null : Paths.Wildcard(Path);

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        Guard(
            MyInvocation.ExpectingInput,
            () => null,
            () =>
            {
                if (OnError is "Reject" != RejectFile is not null)
                    throw new MigrationException(
                        ErrorId.UsageInvalid,
                        "-OnError Reject and -RejectFile must be used together.",
                        "Specify both, or neither."
                    );
                _rejectFile = RejectFile is null ? null : Paths.Literal(RejectFile);
                if (Mapping is not null)
                    _mapping = CopyMapping.Read(Paths.Literal(Mapping));
                var pairs = Pairs(Database, Destination);
                Traced(
                    pairs,
                    () =>
                    {
                        if (!MayChange(pairs))
                            return;
                        foreach (var (source, target) in pairs)
                            Copy(Resolve(source), Resolve(target), target);
                    }
                );
            }
        );

    /// <summary>Asks by the name of the environment, where it requires confirmation.</summary>
    private bool MayChange(IReadOnlyList<(SelectedDatabase Source, SelectedDatabase Target)> pairs)
    {
        if (Force || this.IsWhatIf() || this.IsConfirmOff() || !pairs.Any(p => p.Target.Confirm))
            return true;
        var names = pairs.Select(p => Resolve(p.Target).Target.Display);
        var what = $"Copy-Database in the environment '{pairs[0].Target.Environment}' on {string.Join(", ", names)}";
        return this.Ask(
            () => ShouldContinue($"Run {what}?", $"Environment {pairs[0].Target.Environment}"),
            e => Confirmation.Required($"Running {what} requires confirmation, but no one can be asked.", e)
        );
    }

    private void Copy(
        (IDatabaseDriver Driver, DatabaseTarget Target) source,
        (IDatabaseDriver Driver, DatabaseTarget Target) target,
        SelectedDatabase into
    )
    {
        if (this.IsWhatIf())
            ShowPlan(source, target, into);
        else if (MayCopy(source.Target, target.Target))
            Run(source, target, into);
    }

    private void Run(
        (IDatabaseDriver Driver, DatabaseTarget Target) source,
        (IDatabaseDriver Driver, DatabaseTarget Target) target,
        SelectedDatabase into
    )
    {
        var results = Run((events, token) => new DatabaseCopy(source, target, Request(into, events)).RunAsync(token));
        WriteObject(results, enumerateCollection: true);
        if (DatabaseCopy.FindFault(results) is { } fault)
            WriteFailure(ErrorRecords.Of(fault, target.Target.Display));
    }

    private void ShowPlan(
        (IDatabaseDriver Driver, DatabaseTarget Target) source,
        (IDatabaseDriver Driver, DatabaseTarget Target) target,
        SelectedDatabase into
    )
    {
        var forecast = Run((events, token) => new DatabaseCopy(source, target, Request(into, events)).ForecastAsync(token));
        var statements = string.Join("\n", forecast.Statements.Select(s => s + ";"));
        var description = $"Copying {source.Target.Display} into {target.Target.Display}:\n{statements}";
        _ = ShouldProcess(description, verboseWarning: null, caption: null);
        foreach (var obstacle in forecast.Obstacles)
            Log.Warn($"Nothing would be copied. {obstacle}");
        foreach (var table in forecast.Replaced)
            Log.Warn($"{table} would be replaced, with its rows.");
        WriteObject(forecast.Tables, enumerateCollection: true);
    }

    private bool MayCopy(DatabaseTarget source, DatabaseTarget target)
    {
        if (!ShouldProcess(target.Display, $"Copy {source.Display}"))
            return false;
        if (!Recreate || Force || this.IsConfirmOff())
            return true;
        return this.Ask(
            () => ShouldContinue($"Drop the tables of {target.Display} that have the names of those in {source.Display}?", "Copy-Database"),
            e => Confirmation.Required($"Dropping tables of {target.Display} requires confirmation, but the session is not interactive.", e)
        );
    }

    private CopyRequest Request(SelectedDatabase into, IEventSink events)
    {
        var types = new Dictionary<string, Tables.ColumnType>(StringComparer.OrdinalIgnoreCase);
        foreach (var (column, type) in ColumnType.Select(CopyScope.ParseType))
            types[column] = type;
        return new CopyRequest
        {
            Scope = new CopyScope
            {
                Tables = Table,
                Excluded = ExcludeTable,
                Types = types,
                FullTexts = FullText,
            },
            Mapping = _mapping,
            Recreates = Recreate,
            ThrottleLimit = ThrottleLimit,
            RejectFile = _rejectFile,
            Stamp = into.Stamp,
            Folder = into.Folder.Length == 0 ? null : new TargetFolder(into.Folder, Migrator(into, events)),
            Session = Session(into, events),
        };
    }

    private MigratorOptions Migrator(SelectedDatabase into, IEventSink events) =>
        new()
        {
            Service = into.Service,
            Environment = into.Environment,
            Stamp = into.Stamp,
            Unassigned = into.Unassigned,
            Folder = new FolderOptions
            {
                Layout = Layout ?? into.Settings.Layout?.Value,
                IdentityByName = into.Settings.IdentityByName?.Value ?? false,
                Variables = VariablesOf(into.Settings, Variable),
                PowerShell = (events as EventWriter)?.Code,
            },
        };
}
