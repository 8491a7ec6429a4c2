using System.CommandLine;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Folders;

namespace Migrations.Cli.Options;

/// <summary>The options that every command takes.</summary>
internal sealed class GlobalOptions
{
    private readonly Option<string[]> _database = new("--database", "-d")
    {
        Description =
            "The database: a path, sqlite:<path>, a postgres:// URL or an Npgsql connection string. May be repeated. "
            + "Default: DATABASE_URL.",
        HelpName = "database",
    };

    private readonly Option<string?> _path = Text("--path", "folder", "The migration folder. Default: MIGRATION_PATH, else ./migrations.");
    private readonly Option<string?> _environment = Text(
        "--environment",
        "name",
        "The environment, for migrations whose header names theirs."
    );
    private readonly Option<string?> _service = Text(
        "--service",
        "name",
        "The service whose migrations these are, for databases that several services share."
    );
    private readonly Option<bool> _verbose = new("--verbose", "-v")
    {
        Description = "Tell more: connection attempts, notices, statement counts, the engine's version.",
    };
    private readonly Option<bool> _whatIf = new("--what-if")
    {
        Description = "Show what would be done, with the real SQL, and touch nothing.",
    };
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Answer questions with yes." };
    private readonly Option<string?> _historyTable = Text("--history-table", "name", "The history table. Default: migration_journal.");
    private readonly Option<string?> _historySchema = Text(
        "--history-schema",
        "name",
        "The history table's schema (PostgreSQL). Default: public."
    );
    private readonly Option<TimeSpan?> _lockTimeout = Choice.Duration(
        "--lock-timeout",
        "How long to wait for another run to end. Default: 60s."
    );
    private readonly Option<TimeSpan?> _statementTimeout = Choice.Duration(
        "--statement-timeout",
        "The longest that one statement may take. Default: no limit."
    );
    private readonly Option<TimeSpan?> _tableLockTimeout = Choice.Duration(
        "--table-lock-timeout",
        "The longest that one statement may wait for a table lock. Default: 5s."
    );
    private readonly Option<MigrationIdentity?> _identity = Choice.Of<MigrationIdentity>(
        "--identity",
        "What a migration is known by. Default: version.",
        ("version", MigrationIdentity.Version),
        ("name", MigrationIdentity.Name)
    );

    private readonly Option<bool> _allowEmpty = new("--allow-empty")
    {
        Description = "Accept a folder without migrations, also where the database has no history.",
    };

    private readonly Option<MigrationLayout?> _layout = Choice.Of<MigrationLayout>(
        "--layout",
        "The folder's layout. Default: found file by file.",
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

    /// <summary>Puts the options on the root command, from which all commands inherit them.</summary>
    public void AddTo(RootCommand root)
    {
        foreach (
            var option in (ReadOnlySpan<Option>)
                [
                    _database,
                    _path,
                    _environment,
                    _service,
                    _output,
                    _verbose,
                    _whatIf,
                    _yes,
                    _layout,
                    _identity,
                    _allowEmpty,
                    _historyTable,
                    _historySchema,
                    _lockTimeout,
                    _statementTimeout,
                    _tableLockTimeout,
                ]
        )
        {
            option.Recursive = true;
            root.Options.Add(option);
        }
    }

    /// <summary>Whether output is JSON; readable even when the rest of the call is wrong.</summary>
    public bool IsJson(ParseResult parse) =>
        parse.GetResult(_output) is { Errors: var errors } && !errors.Any() && parse.GetValue(_output) == OutputFormat.Json;

    public bool IsVerbose(ParseResult parse) => parse.GetValue(_verbose);

    /// <summary>Reads the options and, where an option is not given, its environment variable.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: an environment variable is malformed.</exception>
    public Settings Read(ParseResult parse)
    {
        var databases =
            parse.GetValue(_database) is { Length: > 0 } given ? given
            : EnvironmentSettings.Database is { } url ? [url]
            : [];
        return new Settings
        {
            Databases = databases,
            Folder = Path.GetFullPath(parse.GetValue(_path) ?? EnvironmentSettings.Folder ?? "migrations"),
            Verbose = parse.GetValue(_verbose),
            WhatIf = parse.GetValue(_whatIf),
            Yes = parse.GetValue(_yes),
            Migrator = new MigratorOptions
            {
                Service = parse.GetValue(_service),
                Environment = parse.GetValue(_environment),
                Folder = new FolderOptions
                {
                    Layout = parse.GetValue(_layout),
                    IdentityByName = parse.GetValue(_identity) == MigrationIdentity.Name,
                    AllowEmpty = parse.GetValue(_allowEmpty),
                },
                Session = ReadSession(parse),
            },
        };
    }

    private SessionOptions ReadSession(ParseResult parse)
    {
        var defaults = new SessionOptions();
        return new SessionOptions
        {
            HistoryTable = parse.GetValue(_historyTable) ?? defaults.HistoryTable,
            HistorySchema = parse.GetValue(_historySchema),
            ConnectAttempts = EnvironmentSettings.ConnectAttempts ?? defaults.ConnectAttempts,
            ConnectDelay = EnvironmentSettings.ConnectDelay ?? defaults.ConnectDelay,
            LockTimeout = parse.GetValue(_lockTimeout) ?? defaults.LockTimeout,
            // Zero means no limit, as it does on PostgreSQL.
            StatementTimeout = parse.GetValue(_statementTimeout) is { Ticks: > 0 } limit ? limit : null,
            TableLockTimeout = parse.GetValue(_tableLockTimeout) ?? defaults.TableLockTimeout,
        };
    }

    private static Option<string?> Text(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };

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
