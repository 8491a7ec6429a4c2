using System.Management.Automation;
using Migrations.Adoption;
using Migrations.Databases;
using Migrations.Events;

namespace Migrations.PowerShell.Commands;

/// <summary>Takes over the history of another migration tool, after proving it against the database.</summary>
/// <remarks>
/// Recognises who managed the database so far, maps each recorded migration to a file of the folder, replays these files on a scratch
/// database and compares the schemas, and compares checksums where the other tool has them. What is not so is an error that names each
/// difference, and nothing is written. The other tool's table is left as it is. With -WhatIf the object says what would be taken over.
/// </remarks>
/// <example>
/// <code>Import-MigrationHistory -Database shop.db -Path ./migrations -WhatIf</code>
/// <para>Shows what would be taken over, how far it is proven and what stands in the way, and changes nothing.</para>
/// </example>
/// <example>
/// <code>Import-MigrationHistory -Database shop.db -Path ./migrations</code>
/// <para>Takes the history over. From now on Get-MigrationStatus shows where each row came from.</para>
/// </example>
/// <example>
/// <code>Import-MigrationHistory -Database shop.db -Path ./migrations -Undo -WriteBack</code>
/// <para>Takes the adoption back, and records in the other tool's table what was applied since.</para>
/// </example>
[Cmdlet(VerbsData.Import, "MigrationHistory", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(AdoptionResult), typeof(AdoptionUndoResult))]
public sealed class ImportMigrationHistoryCommand : ChangeCommand
{
    /// <summary>The tool whose history is taken over, where several are found. Default: the only one.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ToolCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Tool { get; set; }

    /// <summary>
    /// The table of the history, where it was given another name than the tool gives it. Default: the tool's own name for it.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Table { get; set; }

    /// <summary>
    /// A table that the first migration makes: where it exists, that migration (an init script) counts as applied. Default: a history is
    /// looked for.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Marker { get; set; }

    /// <summary>Takes over what matches, although recorded migrations have no file, or older files are not recorded.</summary>
    [Parameter]
    public SwitchParameter AllowUnmatched { get; set; }

    /// <summary>Does not replay the migrations to compare the schema; recorded in the history.</summary>
    [Parameter]
    public SwitchParameter SkipProof { get; set; }

    /// <summary>
    /// SQL that makes what the other tool has applied (a file or folder), replayed for the proof where its migrations are programs or
    /// changelogs; their names are taken over. Default: the migrations of the folder are replayed.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SqlPath { get; set; }

    /// <summary>From now on also records each step in the other tool's table, for applications that still read it.</summary>
    [Parameter]
    public SwitchParameter KeepInStep { get; set; }

    /// <summary>Takes an adoption back: removes this history, so that the other tool's counts again.</summary>
    [Parameter]
    public SwitchParameter Undo { get; set; }

    /// <summary>With -Undo: also records in the other tool's table what was applied and rolled back since.</summary>
    [Parameter]
    public SwitchParameter WriteBack { get; set; }

    /// <summary>Objects that are not compared, by <c>schema.name</c> or name; may have wildcards. Default: none.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Ignore { get; set; } = [];

    /// <summary>A database on the server to create the scratch database on. Default: the database's own server.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ScratchDatabase { get; set; }

    /// <summary>Does not ask, even where the environment requires confirmation.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool IsForced => Force;

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        DemandUse();
        var folder = Folder;
        var request = new AdoptionRequest
        {
            Tool = Tool,
            Table = Table,
            Marker = Marker,
            AllowUnmatched = AllowUnmatched,
            SkipProof = SkipProof,
            SqlPath = SqlPath is null ? null : Paths.Literal(SqlPath),
            KeepInStep = KeepInStep,
            Ignored = Ignore.Length > 0 ? Ignore : Settings.Ignore?.Value ?? [],
            ScratchServer = ScratchServer(ScratchDatabase),
        };
        HistoryImporter Importer(IEventSink events) => new(database.Driver, database.Target, folder, OptionsFor(events));
        var isWanted = ShouldProcess(
            database.Target.Display,
            Undo ? "Take the adoption of another tool's history back" : "Take over the history of another migration tool"
        );
        // What is declined is not looked at either; only -WhatIf shows it.
        if (!isWanted && !this.IsWhatIf())
            return;
        if (Undo)
            WriteObject(
                Run((events, token) => isWanted ? Importer(events).UndoAsync(WriteBack, token) : Importer(events).PlanUndoAsync(token))
            );
        else
            WriteObject(
                Run((events, token) => isWanted ? Importer(events).ImportAsync(request, token) : Importer(events).PlanAsync(request, token))
            );
    }

    private void DemandUse()
    {
        if (Marker is not null && (Tool is not null || Table is not null || KeepInStep))
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "-Marker stands for a history: it cannot be used with -Tool, -Table or -KeepInStep.",
                "Omit one of them."
            );
        if (WriteBack && !Undo)
            throw new MigrationException(ErrorId.UsageInvalid, "-WriteBack applies only with -Undo.", "Add -Undo, or omit -WriteBack.");
    }
}
