using System.Management.Automation;
using Migrations.Databases;
using Migrations.Planning;

namespace Migrations.PowerShell.Commands;

/// <summary>Writes what a run would do as a script for the database's own client.</summary>
/// <remarks>
/// For databases that only a DBA may change, or that no tool reaches: the steps that Invoke-Migration or Undo-Migration would take, as one
/// file for <c>psql</c>, <c>sqlite3</c> or Cloudflare D1 that can be read and reviewed. Run by that client it leaves the database and its
/// history as a run would; it stops before anything where the history is no longer as it was when the script was written. Nothing in the
/// database is changed by this cmdlet. The values of secret variables are never written: psql must be given them.
/// </remarks>
/// <example>
/// <code>Export-MigrationScript -Database shop.db -Path ./migrations -OutputFile release.sql</code>
/// <para>Writes the pending migrations as a script for sqlite3.</para>
/// </example>
/// <example>
/// <code>Export-MigrationScript postgres://db.example/shop ./migrations -For Psql -Idempotent | Set-Content release.sql</code>
/// <para>Writes a script for psql that leaves out, when it is run, what has been applied already.</para>
/// </example>
/// <example>
/// <code>Export-MigrationScript -Database shop.db -Path ./migrations -Down -To 003</code>
/// <para>Writes a script that rolls back everything after 003.</para>
/// </example>
[Cmdlet(VerbsData.Export, "MigrationScript", DefaultParameterSetName = "Up")]
[OutputType(typeof(string), typeof(ExportedScript))]
public sealed class ExportMigrationScriptCommand : FolderCommand
{
    /// <summary>The client that is to run the script. Default: <c>Psql</c> for PostgreSQL, <c>Sqlite3</c> for SQLite.</summary>
    [Parameter]
    public ScriptClient For { get; set; }

    /// <summary>
    /// Leaves out, when the script is run, what has been done already. For psql only. Without it the script stops before anything where the
    /// history is no longer as it is now.
    /// </summary>
    [Parameter]
    public SwitchParameter Idempotent { get; set; }

    /// <summary>
    /// The file that gets the script, which only its owner can read. Default: none; the script is written to the pipeline as one text.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutputFile { get; set; }

    /// <summary>Replaces the file if it exists.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The last migration to apply: a version, a semantic version or a name. Default: the newest.</summary>
    [Parameter(ParameterSetName = "Up")]
    [ArgumentCompleter(typeof(MigrationCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Target { get; set; }

    /// <summary>Applies at most this many migrations. Default: all.</summary>
    [Parameter(ParameterSetName = "Up")]
    [ValidateRange(1, int.MaxValue)]
    public int? First { get; set; }

    /// <summary>Applies pending migrations that are older than applied ones; recorded in the history.</summary>
    [Parameter(ParameterSetName = "Up")]
    public SwitchParameter AllowOutOfOrder { get; set; }

    /// <summary>Applies even though the migrations of the database were recorded by another tool; recorded in the history.</summary>
    [Parameter(ParameterSetName = "Up")]
    public SwitchParameter IgnoreForeignHistory { get; set; }

    /// <summary>Rolls back the last migration, or as many as -To, -Last and -All say.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Down")]
    public SwitchParameter Down { get; set; }

    /// <summary>
    /// With -Down: everything applied after this one, which stays: a version, a semantic version or a name; <c>0</c> rolls back all.
    /// </summary>
    [Parameter(ParameterSetName = "Down")]
    [ArgumentCompleter(typeof(MigrationCompleter))]
    [ValidateNotNullOrEmpty]
    public string? To { get; set; }

    /// <summary>With -Down: how many migrations to roll back, the last ones. Default: 1.</summary>
    [Parameter(ParameterSetName = "Down")]
    [ValidateRange(1, int.MaxValue)]
    public int? Last { get; set; }

    /// <summary>With -Down: all.</summary>
    [Parameter(ParameterSetName = "Down")]
    public SwitchParameter All { get; set; }

    /// <summary>
    /// How the steps are put into transactions: <c>Each</c> its own, <c>All</c> into one, or <c>None</c>: statement by statement. Default:
    /// <c>Each</c>.
    /// </summary>
    [Parameter]
    public TransactionMode TransactionMode { get; set; } = TransactionMode.Each;

    /// <summary>Writes the script although applied scripts were edited or are gone; recorded in the history.</summary>
    [Parameter]
    public SwitchParameter SkipChecksum { get; set; }

    /// <summary>Leaves out the hooks of the migration folder.</summary>
    [Parameter]
    public SwitchParameter NoHooks { get; set; }

    private protected override bool SkipsHooks => NoHooks;

    private TransactionMode Mode =>
        IsGiven(nameof(TransactionMode)) ? TransactionMode : Settings.TransactionMode?.Value ?? TransactionMode.Each;

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        if (OutputFile is not null)
        {
            var file = Paths.Literal(OutputFile);
            WriteObject(Call(database, Folder, (migrator, token) => migrator.WriteScriptFileAsync(Request, file, Force, token)));
            return;
        }

        var text = new StringWriter { NewLine = "\n" };
        Call(database, Folder, (migrator, token) => migrator.WriteScriptAsync(Request, text, token));
        WriteObject(text.ToString());
    }

    private ScriptRequest Request =>
        new()
        {
            Client = IsGiven(nameof(For)) ? For : null,
            IsIdempotent = Idempotent,
            Apply = new ApplyRequest
            {
                Target = Target,
                First = First,
                Only = Down ? null : Chosen,
                TransactionMode = Mode,
                AllowOutOfOrder = AllowOutOfOrder,
                SkipChecksum = SkipChecksum,
                IgnoreForeignHistory = IgnoreForeignHistory,
            },
            Undo = Down
                ? new UndoRequest
                {
                    To = To,
                    Last = Last,
                    All = All,
                    Only = Chosen,
                    TransactionMode = Mode,
                    SkipChecksum = SkipChecksum,
                }
                : null,
        };
}
