namespace Migrations.Cli.Options;

/// <summary>What was probably meant by a word that the command does not know: one of ours misspelt, or one of another tool.</summary>
internal static class Suggestions
{
    // What Flyway, dbmate, goose, Atlas, golang-migrate, Liquibase, Sqitch, EF Core, Rails, Alembic, Prisma and Django call it.
    private static readonly (string Ours, string[] Theirs)[] Commands =
    [
        ("up", ["migrate", "apply", "upgrade", "update", "deploy", "forward", "latest", "run", "execute", "up-by-one", "upto", "up-to"]),
        (
            "down",
            ["rollback", "undo", "revert", "downgrade", "back", "unapply", "down-to", "downto", "rollback-count", "rollback-one-changeset"]
        ),
        ("status", ["info", "list", "ls", "show", "state", "current", "pending", "showmigrations", "heads"]),
        ("create", ["new", "add", "generate", "make", "makemigrations", "revision", "init", "gen"]),
        ("squash", ["fold", "combine", "consolidate", "squashmigrations", "rollup"]),
        ("reset", ["clean", "drop", "drop-all", "rollback-all", "fresh", "purge"]),
        ("repair", ["fix", "set", "force", "clear-checksums", "rehash", "hash", "resolve", "unlock", "release-locks"]),
        ("baseline", ["mark", "stamp", "fake", "changelog-sync", "mark-applied"]),
        ("history", ["log", "journal"]),
        ("check", ["validate", "doctor", "health", "drift", "checkup"]),
        ("test", ["lint", "rehearse", "dry-run", "dryrun", "try"]),
        ("schema", ["inspect", "dump-schema", "snapshot-schema"]),
        ("diff", ["compare"]),
        ("backup", ["dump", "snapshot", "export", "save"]),
        ("restore", ["load", "import", "recover"]),
        ("prune", ["expire", "forget"]),
        ("completion", ["completions", "autocomplete"]),
    ];

    private static readonly (string Ours, string[] Theirs)[] Options =
    [
        ("--what-if", ["--dry-run", "--dryrun", "--plan", "--noop", "--pretend", "--simulate", "-n"]),
        ("--database", ["--url", "-u", "--uri", "--connection", "--connection-string", "-c", "--db", "--dsn", "--jdbc-url", "-D"]),
        ("--database-file", ["--url-file", "--connection-file", "--dsn-file"]),
        ("--path", ["--dir", "-dir", "--folder", "--migrations", "--migrations-dir", "--source", "--locations", "--directory", "-p"]),
        ("--yes", ["--force", "-f", "--auto-approve", "--no-confirm", "--non-interactive", "--assume-yes", "--no-input"]),
        ("--output", ["--json", "--format", "-o", "--report-format"]),
        ("--quiet", ["--silent", "-s", "-q"]),
        ("--verbose", ["--debug", "-X", "-vv", "--trace", "--log-level"]),
        ("--history-table", ["--table", "--migrations-table", "--changelog-table", "-table"]),
        ("--last", ["--steps", "--step", "--count", "--number"]),
        ("--first", ["--steps", "--step", "--count", "--limit", "--number"]),
        ("--target", ["--to", "--to-version", "--version-to", "--revision"]),
        ("--to", ["--target", "--to-version", "--revision"]),
        ("--allow-out-of-order", ["--out-of-order", "--allow-missing", "--exec-order", "--outOfOrder"]),
        ("--skip-checksum", ["--no-validate", "--skip-validation", "--validate-on-migrate"]),
        ("--transaction-mode", ["--tx-mode", "--single-transaction", "--group", "--mixed"]),
        ("--destination", ["--out", "--output-file", "--file", "--folder", "--to"]),
        ("--wait", ["--wait-timeout", "--connect-retries"]),
    ];

    /// <summary>A sentence about a word that is not a command.</summary>
    /// <param name="word">The word.</param>
    /// <param name="names">The commands.</param>
    public static string UnknownCommand(string word, IEnumerable<string> names)
    {
        var meant = Equivalent(Commands, word, StringComparison.OrdinalIgnoreCase).FirstOrDefault() ?? NearName.Find(word, names);
        return $"There is no command '{word}'.{(meant is null ? "" : $" Did you mean '{meant}'?")}";
    }

    /// <summary>A sentence about a word that is not an option of a command.</summary>
    /// <param name="word">The word, without its value.</param>
    /// <param name="command">The command.</param>
    /// <param name="names">The options that the command takes.</param>
    public static string UnknownOption(string word, string command, IReadOnlyCollection<string> names)
    {
        var meant = Meant(word, names);
        return $"'{word}' is not an option of '{command}'.{(meant is null ? "" : $" Did you mean '{meant}'?")}";
    }

    /// <summary>The option that was probably meant; null when none is near.</summary>
    public static string? Meant(string word, IReadOnlyCollection<string> names) =>
        Equivalent(Options, word, StringComparison.Ordinal).FirstOrDefault(names.Contains)
        ?? NearName.Find(word, names.Where(o => o.StartsWith("--", StringComparison.Ordinal)));

    private static IEnumerable<string> Equivalent((string Ours, string[] Theirs)[] table, string word, StringComparison comparison) =>
        table.Where(row => row.Theirs.Any(theirs => string.Equals(theirs, word, comparison))).Select(row => row.Ours);
}
