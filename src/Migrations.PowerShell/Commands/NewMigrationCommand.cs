using System.Collections;
using System.Management.Automation;
using Migrations.Comparing;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Folders;
using Migrations.Generating;

namespace Migrations.PowerShell.Commands;

/// <summary>Creates the files of the next migration, in the layout of the folder, or writes the undo of one that has none.</summary>
/// <remarks>
/// Never overwrites a file; two calls at the same time get different numbers. Writes the files that it created, the up script first.
/// With -From the migration is written from the schema that is wanted, both halves, and proven on a copy with rows that are made up; what
/// is not proven is not written, and the object says why. With -UndoOf and -MissingUndo it replays the folder on a scratch database,
/// writes the difference that a migration made backwards, and rehearses it; only what is proven there is written, and one object per
/// migration says what was found out. Rows that a migration put in are deleted by their key where the script names it; other changes of
/// rows are said to be irreversible.
/// </remarks>
/// <example>
/// <code>New-Migration 'add user preferences' -Path ./migrations</code>
/// <para>Creates, for example, 004_add_user_preferences.sql and its down script.</para>
/// </example>
/// <example>
/// <code>New-Migration 'drop old rows' -Path ./migrations -Irreversible</code>
/// <para>Creates a migration without a down script; its header says that this is intended.</para>
/// </example>
/// <example>
/// <code>New-Migration 'add an index' -Path ./migrations -WhatIf</code>
/// <para>Shows the names of the files and creates nothing.</para>
/// </example>
/// <example>
/// <code>New-Migration 'add nicknames' -From schema.sql -Path ./migrations -Database shop.db -Rename customers.name=full_name</code>
/// <para>Writes the migration from what the folder makes to what schema.sql makes; the column keeps its values under its new
/// name.</para>
/// </example>
/// <example>
/// <code>New-Migration -UndoOf 005 -Path ./migrations -Database shop.db</code>
/// <para>Writes the undo of migration 005, proven on a copy.</para>
/// </example>
/// <example>
/// <code>New-Migration -MissingUndo -Path ./migrations -Database shop.db -WhatIf | Format-List Name, Outcome, Down, Reasons</code>
/// <para>Shows the undo of each migration that has none, or why there can be none, and writes nothing.</para>
/// </example>
[Cmdlet(VerbsCommon.New, "Migration", SupportsShouldProcess = true, DefaultParameterSetName = "Template")]
[OutputType(typeof(FileInfo), ParameterSetName = ["Template"])]
[OutputType(typeof(GeneratedMigration), ParameterSetName = ["From", "UndoOf", "MissingUndo"])]
public sealed class NewMigrationCommand : GeneratingCommand
{
    /// <summary>What the migration does, in a few words: <c>add user preferences</c>.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Template")]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "From")]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>The migration whose undo is written, by version or name: one that has none, or one that a rehearsal finds wrong.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "UndoOf")]
    [ArgumentCompleter(typeof(MigrationCompleter))]
    [ValidateNotNullOrEmpty]
    public string UndoOf { get; set; } = "";

    /// <summary>Writes the undo of every migration that has none and does not say that it is irreversible.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "MissingUndo")]
    public SwitchParameter MissingUndo { get; set; }

    /// <summary>
    /// The migration folder, which is created when it does not exist. No wildcards. Default: <c>$env:MIGRATION_PATH</c>, else
    /// <c>migrations</c> below PowerShell's location.
    /// </summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The description for the header. Default: made from the name.</summary>
    [Parameter(ParameterSetName = "Template")]
    [Parameter(ParameterSetName = "From")]
    [ValidateNotNullOrEmpty]
    public string? Description { get; set; }

    /// <summary>The layout. Default: the folder's own, and <c>DownSuffix</c> in an empty one.</summary>
    [Parameter]
    public MigrationLayout? Layout { get; set; }

    /// <summary>What the migration is written in: <c>Sql</c>, or <c>PowerShell</c>, which only the module runs. Default: SQL.</summary>
    [Parameter(ParameterSetName = "Template")]
    [ValidateSet("Sql", "PowerShell")]
    public string Language { get; set; } = "Sql";

    /// <summary>Creates no down script: the header says <c>Irreversible: yes</c>, and no check reports a missing one.</summary>
    [Parameter(ParameterSetName = "Template")]
    public SwitchParameter Irreversible { get; set; }

    /// <summary>
    /// The schema that is wanted: a .sql file that makes all of it, a folder of such files, a migration folder, a database or a backup.
    /// The migration to it is written, proven on a copy.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = "From")]
    [ValidateNotNullOrEmpty]
    public string From { get; set; } = "";

    /// <summary>
    /// What keeps its rows or values under another name: <c>old=new</c> for a table, <c>table.old=new</c> for a column. What looks like
    /// a rename is asked about where someone can answer; otherwise it is dropped and added.
    /// </summary>
    [Parameter(ParameterSetName = "From")]
    [ValidateNotNullOrEmpty]
    public string[] Rename { get; set; } = [];

    /// <summary>Proves it on a copy of the database with all its rows. Default: rows are made up.</summary>
    [Parameter(ParameterSetName = "From")]
    public SwitchParameter WithData { get; set; }

    /// <summary>Objects of the schema that are not compared, by <c>schema.name</c> or name.</summary>
    [Parameter(ParameterSetName = "From")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Ignore { get; set; } = [];

    /// <summary>Asks about no rename.</summary>
    [Parameter(ParameterSetName = "From")]
    public SwitchParameter Force { get; set; }

    /// <summary>
    /// A database of the kind that the migrations are for; a file need not exist. Nothing is read from it: scratch databases are made on
    /// its server. Default: that of -Environment and -Service, else <c>$env:DATABASE_URL</c>.
    /// </summary>
    [Parameter(ParameterSetName = "UndoOf")]
    [Parameter(ParameterSetName = "MissingUndo")]
    [Parameter(ParameterSetName = "From")]
    [ValidateNotNullOrEmpty]
    public string? Database { get; set; }

    /// <summary>A database on the server on which scratch databases are made. Default: the database's own server.</summary>
    [Parameter(ParameterSetName = "UndoOf")]
    [Parameter(ParameterSetName = "MissingUndo")]
    [Parameter(ParameterSetName = "From")]
    [ValidateNotNullOrEmpty]
    public string? ScratchDatabase { get; set; }

    /// <summary>
    /// The values of <c>${name}</c> in the scripts, by name; a SecureString is never shown. They win over <c>variables</c> in the
    /// configuration file.
    /// </summary>
    [Parameter(ParameterSetName = "UndoOf")]
    [Parameter(ParameterSetName = "MissingUndo")]
    [Parameter(ParameterSetName = "From")]
    [ValidateNotNull]
    public Hashtable? Variable { get; set; }

    private protected override IEnumerable<string> Connections => new[] { Database, ScratchDatabase }.OfType<string>();

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string? folder = null;
        Guard(
            isOneOfSeveral: false,
            () => folder,
            () =>
            {
                var selector = new DatabaseSelector(Configured, Choice(Database is null ? [] : [Database], Path));
                var (named, settings) = selector.MigrationFolder();
                folder = (Path ?? EnvironmentSettings.Folder) is { } given ? Paths.Literal(given) : named;
                if (string.Equals(ParameterSetName, "Template", StringComparison.Ordinal))
                    Create(folder, settings);
                else if (string.Equals(ParameterSetName, "From", StringComparison.Ordinal))
                    Generate(folder, selector, settings);
                else
                    Derive(folder, selector, settings);
            }
        );
    }

    private CreateOptions FilesOf(ConfigurationSettings settings) =>
        new()
        {
            Layout = Layout ?? settings.Layout?.Value,
            Description = Description,
            Language = string.Equals(Language, "PowerShell", StringComparison.OrdinalIgnoreCase)
                ? MigrationKind.PowerShell
                : MigrationKind.Sql,
            Irreversible = Irreversible,
        };

    private void Create(string folder, ConfigurationSettings settings)
    {
        var options = FilesOf(settings);
        var files = MigrationTemplate.Preview(folder, Name, options, DateTimeOffset.UtcNow);
        if (ShouldProcess(string.Join(", ", files), "Create"))
            WriteFiles(MigrationTemplate.Create(folder, Name, options, DateTimeOffset.UtcNow));
    }

    private void Generate(string folder, DatabaseSelector selector, ConfigurationSettings settings)
    {
        (IDatabaseDriver Driver, DatabaseTarget Target)? beside =
            Database is not null ? Resolve(Database)
            : selector.NamedDatabases() is [var first, ..] ? DatabaseDrivers.Resolve(first.Database, first.BaseFolder)
            : null;
        var from = Paths.Expand(From);
        var sides = SidePair.Resolve(from, from, beside, DatabaseDrivers.All, Paths.CurrentFolder);
        var whatIf = !ShouldProcess(folder, $"Write the migration '{Name}'");
        var variables = VariablesOf(settings, Variable);
        var server = ScratchServer(ScratchDatabase);
        GenerationRequest Request(Func<string, bool>? ask) =>
            new()
            {
                Name = Name,
                Schema = sides.Left.Side,
                Shown = sides.Left.Display,
                Renames = Rename,
                Ignored = Ignore.Length > 0 ? Ignore : settings.Ignore?.Value ?? [],
                WithData = WithData,
                WhatIf = whatIf,
                ScratchServer = server,
                Files = FilesOf(settings),
                Ask = ask,
            };
        var result = Run(
            (events, wait, token) =>
                new MigrationGeneration(
                    sides.Driver,
                    beside?.Target ?? sides.Origin!,
                    folder,
                    OptionsOf(Layout, settings, variables, events)
                ).RunAsync(Request(Force || whatIf ? null : question => Asked(question, wait)), token)
        );
        WriteObject(result);
        Judge([result]);
    }

    /// <summary>Whether the user says yes; no where no one can be asked.</summary>
    private bool Asked(string question, Action<Action> wait)
    {
        var answer = false;
        wait(() =>
        {
            try
            {
                answer = this.Ask(
                    () => ShouldContinue(question + "?", "Rename"),
                    e => new MigrationException(ErrorId.ConfirmationRequired, question, "Say it with -Rename.", e)
                );
            }
            catch (MigrationException)
            {
                answer = false;
            }
        });
        return answer;
    }

    private void Derive(string folder, DatabaseSelector selector, ConfigurationSettings settings)
    {
        var (driver, target) = KindOf(Database, selector);
        var request = new UndoDerivationRequest
        {
            Migration = MissingUndo ? null : UndoOf,
            WhatIf = !ShouldProcess(folder, MissingUndo ? "Write the missing undo scripts" : $"Write the undo of {UndoOf}"),
            ScratchServer = ScratchServer(ScratchDatabase),
        };
        var variables = VariablesOf(settings, Variable);
        var results = Run(
            (events, token) =>
                new UndoDerivation(driver, target, folder, OptionsOf(Layout, settings, variables, events)).RunAsync(request, token)
        );
        WriteObject(results, enumerateCollection: true);
        Judge(results);
    }

    /// <summary>Writes the files as Get-Item does, with what the file system's provider adds to them.</summary>
    private void WriteFiles(IReadOnlyList<string> files) =>
        WriteObject(InvokeProvider.Item.Get([.. files], force: true, literalPath: true), enumerateCollection: true);
}
