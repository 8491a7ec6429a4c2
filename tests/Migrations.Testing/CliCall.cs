namespace Migrations.Testing;

/// <summary>How the command is called.</summary>
public sealed record CliCall
{
    /// <summary>Variables that change what the command does: never handed on from the machine that runs the tests.</summary>
    public static readonly string[] VariablesOfTheCommand =
    [
        "DATABASE_URL",
        "MIGRATION_PATH",
        "DB_RETRY_ATTEMPTS",
        "DB_RETRY_DELAY",
        "NO_COLOR",
        "FORCE_COLOR",
        "TF_BUILD",
        "GITHUB_ACTIONS",
        "GITHUB_WORKSPACE",
        "MIGRATIONS_SQLITE_LIBRARY",
        "PGPASSWORD",
        "PGHOST",
        "PGHOSTADDR",
        "PGSERVICE",
        "PGSERVICEFILE",
        "PGSYSCONFDIR",
        "PGTARGETSESSIONATTRS",
        "PGUSER",
        "PGPORT",
        "PGDATABASE",
        "PGSSLMODE",
        "PGCONNECT_TIMEOUT",
        "DATABASE_URL_FILE",
    ];

    /// <summary>The arguments.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Environment variables on top of the tests' own.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What it reads from standard input, which then ends.</summary>
    public string Input { get; init; } = "";

    /// <summary>The folder it is started in; null: the temporary folder.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>A program that runs the command, with its arguments, for example to watch it; empty for none.</summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];

    /// <summary>Lets file modes count even for root, who otherwise may read and write everything (Linux).</summary>
    public bool ModesCountForRoot { get; init; }

    /// <summary>The command's assembly; null: the one that was built.</summary>
    public string? Program { get; init; }

    /// <summary>When it is killed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
}
