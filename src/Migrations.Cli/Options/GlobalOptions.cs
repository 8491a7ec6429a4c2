using System.CommandLine;
using Migrations.Cli.Output;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Folders;

namespace Migrations.Cli.Options;

/// <summary>The options that every command takes.</summary>
internal sealed class GlobalOptions
{
    /// <summary>The heading of the options that every command takes.</summary>
    public const string General = "General";

    private const SharedOptions TakenByAll = SharedOptions.Database | SharedOptions.Path | SharedOptions.Configuration | SharedOptions.Yes;

    private readonly DatabaseOptions _database = new();
    private readonly FleetGroup _fleet = new();
    private readonly ConfigurationOptions _configuration = new();
    private readonly Option<string?> _path = OptionOf.Text(
        "--path",
        "folder",
        "The migration folder. Default: MIGRATION_PATH, else ./migrations."
    );
    private readonly Option<bool> _verbose = new("--verbose", "-v")
    {
        Description = "Show more detail: connection attempts, notices, statement counts, the engine's version.",
    };
    private readonly Option<bool> _quiet = new("--quiet", "-q")
    {
        Description = "Print only errors, warnings and requested output: no progress, and nothing when a run succeeds.",
    };
    private readonly Option<string?> _envFile = OptionOf.Text(
        "--env-file",
        "file",
        "Read environment variables from this file (NAME=value lines) first; variables that are set already win."
    );
    private readonly Option<bool> _whatIf = new("--what-if")
    {
        Description = "Show what would be done, with the real SQL, and change nothing.",
    };
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Answer yes to questions. (Loss of data has its own option.)" };
    private readonly Option<string?> _historyTable = OptionOf.Text(
        "--history-table",
        "name",
        "The history table. Default: migration_journal."
    );
    private readonly Option<string?> _historySchema = OptionOf.Text(
        "--history-schema",
        "name",
        "The schema of the history table (PostgreSQL). Default: public."
    );
    private readonly Option<TimeSpan?> _lockTimeout = Choice.Duration(
        "--lock-timeout",
        "How long to wait for another run to finish. Default: 60s."
    );
    private readonly Option<TimeSpan?> _statementTimeout = Choice.Duration(
        "--statement-timeout",
        "How long one statement may take. Default: no limit."
    );
    private readonly Option<TimeSpan?> _tableLockTimeout = Choice.Duration(
        "--table-lock-timeout",
        "How long one statement may wait for a table lock. Default: 5s."
    );
    private readonly Option<MigrationIdentity?> _identity = Choice.Of<MigrationIdentity>(
        "--identity",
        "How migrations are identified. Default: version.",
        ("version", MigrationIdentity.Version),
        ("name", MigrationIdentity.Name)
    );

    private readonly VariableOption _variable = new();

    private readonly Option<bool> _noHooks = new("--no-hooks") { Description = "Leave out the hooks of the migration folder." };

    private readonly Option<bool> _allowEmpty = new("--allow-empty")
    {
        Description = "Accept an empty migration folder even when the database has no history.",
    };

    private readonly Option<MigrationLayout?> _layout = Choice.Of<MigrationLayout>(
        "--layout",
        "The layout of the folder. Default: detected for each file.",
        ("rollback-suffix", MigrationLayout.RollbackSuffix),
        ("down-suffix", MigrationLayout.DownSuffix),
        ("up-down-suffix", MigrationLayout.UpDownSuffix),
        ("rollback-folder", MigrationLayout.RollbackFolder),
        ("sections", MigrationLayout.Sections),
        ("versioned", MigrationLayout.Versioned),
        ("folder-each", MigrationLayout.FolderEach),
        ("version-folders", MigrationLayout.VersionFolders)
    );

    private readonly Option<OutputFormat?> _output = Choice.Of<OutputFormat>(
        "--output",
        "A table for people, or JSON for programs. Default: table.",
        ("table", OutputFormat.Table),
        ("json", OutputFormat.Json)
    );

    private readonly Option<LogFormat?> _logFormat = Choice.Of<LogFormat>(
        "--log-format",
        "Whose log the output is: errors and warnings are also commands of the build service. Default: detected.",
        ("text", LogFormat.Text),
        ("azure-devops", LogFormat.AzureDevOps),
        ("github", LogFormat.GitHub)
    );

    /// <summary>Creates the options.</summary>
    public GlobalOptions() =>
        Groups = [
            new("Database", SharedOptions.Database, _database.All),
            new("Several databases", SharedOptions.Fleet, _fleet.All),
            new("Configuration", SharedOptions.Configuration, _configuration.All),
            new("Migrations", SharedOptions.Path, [_path, _layout]),
            new("Migrations", SharedOptions.Selection, [_identity, _allowEmpty]),
            new("Migrations", SharedOptions.Variables, [_variable.Option]),
            new("Migrations", SharedOptions.Hooks, [_noHooks]),
            new("History", SharedOptions.History, [_historyTable, _historySchema]),
            new("Time limits", SharedOptions.Limits, [_lockTimeout, _statementTimeout, _tableLockTimeout]),
            new(General, SharedOptions.WhatIf, [_whatIf]),
            new(General, SharedOptions.Yes, [_yes]),
            new(General, SharedOptions.None, [_output, _quiet, _verbose, _logFormat, _envFile]),
        ];

    /// <summary>The options, in the groups in which commands take them and help shows them.</summary>
    public IReadOnlyList<OptionGroup> Groups { get; }

    /// <summary>Puts the options on the root command: they may stand before the command as well as after it.</summary>
    public void AddTo(RootCommand root)
    {
        foreach (var option in Groups.SelectMany(g => g.Options))
        {
            option.Recursive = true;
            root.Options.Add(option);
        }
    }

    /// <summary>The names of the options that a command takes, its own and the shared ones.</summary>
    public IReadOnlySet<string> NamesOf(Command command)
    {
        var takes = (command as DescribedCommand)?.Takes;
        var shared = Groups.Where(g => takes is null || takes.Value.HasFlag(g.Takes)).SelectMany(g => g.Options);
        return command.Options.Concat(shared).SelectMany(o => o.Aliases.Append(o.Name)).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>
    /// What was given and means nothing to the command. Which database and which folder may always be said; and what stands before the
    /// command are the settings of an alias or a wrapper, for whatever command follows. But <c>--what-if</c> is never passed over.
    /// </summary>
    public IEnumerable<string> Misplaced(ParseResult parse)
    {
        if (parse.GetValue(_quiet) && parse.GetValue(_verbose))
            yield return "--quiet and --verbose cannot be used together.";
        if (parse.CommandResult.Command is not DescribedCommand command)
            yield break;
        foreach (var group in Groups.Where(g => !command.Takes.HasFlag(g.Takes) && !TakenByAll.HasFlag(g.Takes)))
        {
            foreach (var option in group.Options)
            {
                if (parse.GetResult(option) is not { Implicit: false } given)
                    continue;
                if (ReferenceEquals(given.Parent, parse.CommandResult) || group.Takes is SharedOptions.WhatIf)
                    yield return $"{given.IdentifierToken?.Value ?? option.Name} does not apply to '{command.Name}'.";
            }
        }
    }

    /// <summary>Whether output is JSON; readable even when the rest of the call is wrong.</summary>
    public bool IsJson(ParseResult parse) =>
        parse.GetResult(_output) is { Errors: var errors } && !errors.Any() && parse.GetValue(_output) == OutputFormat.Json;

    /// <summary>Whose log the output is, as the call says it; readable even when the rest of the call is wrong.</summary>
    public LogFormat? LogFormatOf(ParseResult parse) =>
        parse.GetResult(_logFormat) is { Errors: var errors } && !errors.Any() ? parse.GetValue(_logFormat) : null;

    /// <summary>How much is printed for people.</summary>
    public Detail DetailOf(ParseResult parse) =>
        parse.GetValue(_quiet) ? Detail.Quiet
        : parse.GetValue(_verbose) ? Detail.Verbose
        : Detail.Normal;

    /// <summary>Reads the options and, where an option is not given, its environment variable.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: an environment variable is malformed.</exception>
    public Settings Read(ParseResult parse)
    {
        // First, because the variables stand in for options.
        if (parse.GetValue(_envFile) is { } file)
            EnvironmentFile.Load(file);
        var configuration = _configuration.Open(parse);
        var choice = _configuration.Read(parse, ChoiceOf(parse));
        var selector = new DatabaseSelector(configuration, choice);
        return new Settings
        {
            Selector = selector,
            Choice = choice,
            Configuration = configuration,
            Configured = selector.SettingsOf(service: null),
            Options = settings => ReadMigrator(parse, settings, selector.References),
            Fleet = _fleet.Read(parse),
            Query = _fleet.Query(parse),
            Verbose = parse.GetValue(_verbose),
            WhatIf = parse.GetValue(_whatIf),
            Yes = parse.GetValue(_yes),
        };
    }

    /// <summary>The configuration file that is to be created.</summary>
    public NewConfiguration ReadNew(ParseResult parse) =>
        new(ConfigurationTemplate.PathOf(_configuration.Named(parse), Directory.GetCurrentDirectory()), parse.GetValue(_whatIf));

    private DatabaseChoice ChoiceOf(ParseResult parse) =>
        new()
        {
            Databases = DatabasesOf(parse),
            Folder = parse.GetValue(_path) is { } path ? Path.GetFullPath(path) : null,
            CurrentFolder = Directory.GetCurrentDirectory(),
            EngineAddress = () => DatabaseDrivers.EnvironmentAddress,
            Target = (text, folder) => DatabaseDrivers.Resolve(text, folder).Target,
        };

    private IReadOnlyList<string> DatabasesOf(ParseResult parse)
    {
        var given = _database.Given(parse);
        if (_fleet.Listed(parse) is not { } listed)
            return given;
        return given.Count == 0
            ? listed
            : throw new MigrationException(
                ErrorId.UsageInvalid,
                "A list of databases and a single one cannot be used together.",
                "Add the database to the list, or leave out the list."
            );
    }

    private MigratorOptions ReadMigrator(ParseResult parse, ConfigurationSettings settings, ConfigurationReferences references) =>
        new()
        {
            Folder = new FolderOptions
            {
                Layout = parse.GetValue(_layout) ?? settings.Layout?.Value,
                IdentityByName = parse.GetValue(_identity) is { } identity
                    ? identity == MigrationIdentity.Name
                    : settings.IdentityByName?.Value ?? false,
                AllowEmpty = parse.GetValue(_allowEmpty),
                Hooks = settings.Hooks is { } hooks ? references.PathOf(hooks) : null,
                NoHooks = parse.GetValue(_noHooks),
                Variables = Takes(parse, SharedOptions.Variables)
                    ? ConfiguredVariables.Find(settings, references, _variable.Read(parse))
                    : null,
            },
            Session = ReadSession(parse, SessionOptions.Of(settings)),
        };

    private static bool Takes(ParseResult parse, SharedOptions group) =>
        parse.CommandResult.Command is DescribedCommand command && command.Takes.HasFlag(group);

    private SessionOptions ReadSession(ParseResult parse, SessionOptions configured) =>
        _database.Read(
            parse,
            configured with
            {
                HistoryTable = parse.GetValue(_historyTable) ?? configured.HistoryTable,
                HistorySchema = parse.GetValue(_historySchema) ?? configured.HistorySchema,
                LockTimeout = parse.GetValue(_lockTimeout) ?? configured.LockTimeout,
                StatementTimeout = parse.GetValue(_statementTimeout) is { } limit
                    ? SessionOptions.Limit(limit)
                    : configured.StatementTimeout,
                TableLockTimeout = parse.GetValue(_tableLockTimeout) ?? configured.TableLockTimeout,
            }
        );

    private enum OutputFormat
    {
        Table,
        Json,
    }

    private enum MigrationIdentity
    {
        Version,
        Name,
    }
}
