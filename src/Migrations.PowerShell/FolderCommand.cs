using System.Collections;
using System.Management.Automation;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;

namespace Migrations.PowerShell;

/// <summary>What cmdlets share that set a database against a migration folder.</summary>
public abstract class FolderCommand : DatabaseCommand
{
    /// <summary>
    /// The migration folder; may have wildcards that mean one folder. Default: <c>$env:MIGRATION_PATH</c>, else <c>migrations</c> below
    /// PowerShell's location.
    /// </summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    // Not by property name as PSPath, as is usual: what comes down the pipeline are databases, and a file's PSPath would be taken for the
    // folder.

    /// <summary>The migration folder, taken as it is written: <c>[</c> and <c>*</c> are no wildcards.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LiteralPath { get; set; }

    /// <summary>The layout of the folder. Default: found file by file.</summary>
    [Parameter]
    public MigrationLayout? Layout { get; set; }

    /// <summary>
    /// What a migration is known by: its <c>Version</c>, or its <c>Name</c>, so that two files may share a version. Default:
    /// <c>Version</c>.
    /// </summary>
    [Parameter]
    [ValidateSet("Version", "Name")]
    public string Identity { get; set; } = "Version";

    /// <summary>Accepts a folder without migrations, also where the database has no history.</summary>
    [Parameter]
    public SwitchParameter AllowEmpty { get; set; }

    /// <summary>
    /// The values of <c>${name}</c> in the scripts, by name; a SecureString is never shown. They win over <c>variables</c> in the
    /// configuration file. Default: those of the file; without either, no script is changed.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? Variable { get; set; }

    private VariableSet? _variables;
    private string? _givenPath;
    private string? _brought;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _givenPath = Path;
    }

    private protected override (string? Folder, string? Service) PlaceOf(IHasTarget item) =>
        item switch
        {
            MigrationStatus or DatabaseStatus => (((IHasPlace)item).Path, ((IHasPlace)item).Service),
            // What a run or a check says of a database can be asked about with another folder too.
            IHasPlace other => (IsFolderGiven ? null : other.Path, IsGiven(nameof(Service)) ? null : other.Service),
            _ => default,
        };

    private protected override bool IsPlaceGiven => base.IsPlaceGiven || IsFolderGiven;

    private bool IsFolderGiven => IsGiven(nameof(Path)) || IsGiven(nameof(LiteralPath));

    // A backup has a path too, which is not that of a migration folder.
    private protected override void GoTo(string? folder) => (_brought, Path) = (folder, _givenPath);

    /// <summary>Whether the call leaves out the hooks.</summary>
    private protected virtual bool SkipsHooks => false;

    /// <summary>The folder's full path.</summary>
    private protected string Folder
    {
        get
        {
            if (_brought is not null)
                return _brought;
            if (LiteralPath is null)
                return (Path ?? EnvironmentSettings.Folder) is null && Settings.Path is not null
                    ? FolderOf(Selected!)
                    : Paths.Wildcard(Path ?? EnvironmentSettings.Folder ?? "migrations");
            return Path is null
                ? Paths.Exact(LiteralPath)
                : throw new MigrationException(
                    ErrorId.UsageInvalid,
                    "-Path and -LiteralPath cannot be used together.",
                    "Specify one of them."
                );
        }
    }

    private protected override void Go(SelectedDatabase database)
    {
        base.Go(database);
        _variables = VariablesOf(database.Settings, Variable);
    }

    private protected override string? GivenFolder => LiteralPath ?? Path;

    // A database that an object brings has the folder that the configuration names, too.
    private string FolderOf(SelectedDatabase database) => database.Folder.Length > 0 ? database.Folder : PathIn(database.Settings.Path!);

    /// <summary>Which rules for scripts count, and whether what they find stops a run.</summary>
    /// <param name="strict">Whether the call says so.</param>
    /// <param name="off">The rules that the call switches off.</param>
    private protected LintOptions LintOptions(bool strict, params IReadOnlyList<string> off) =>
        new() { Off = LintRules.Off(Settings.AdviceOff, off), Strict = strict || Settings.AdviceStrict?.Value == true };

    /// <summary>Runs a call of the engine on one database.</summary>
    private protected T Call<T>(
        (IDatabaseDriver Driver, DatabaseTarget Target) database,
        string folder,
        Func<Migrator, CancellationToken, Task<T>> call,
        Action<MigrationResult>? done = null
    ) => Run((events, token) => call(new Migrator(database.Driver, database.Target, folder, OptionsFor(events)), token), done);

    private protected sealed override MigratorOptions OptionsFor(IEventSink events) =>
        base.OptionsFor(events) with
        {
            Folder = new FolderOptions
            {
                Layout = Layout ?? Settings.Layout?.Value,
                IdentityByName = IsGiven(nameof(Identity))
                    ? string.Equals(Identity, "Name", StringComparison.OrdinalIgnoreCase)
                    : Settings.IdentityByName?.Value ?? false,
                AllowEmpty = AllowEmpty,
                Hooks = Settings.Hooks is { } hooks ? PathIn(hooks) : null,
                NoHooks = SkipsHooks,
                Variables = _variables,
                PowerShell = (events as EventWriter)?.Code,
            },
        };
}
