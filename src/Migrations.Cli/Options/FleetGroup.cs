using System.CommandLine;
using Migrations.Configuration;
using Migrations.Fleet;

namespace Migrations.Cli.Options;

/// <summary>The options for many databases in one call.</summary>
internal sealed class FleetGroup
{
    /// <summary>The option that names a list.</summary>
    public const string FileName = "--databases-file";

    /// <summary>Stands for standard input, as the name of a list.</summary>
    public const string StandardInput = "-";

    private readonly Option<string[]> _databases = new("--databases")
    {
        HelpName = "pattern",
        AllowMultipleArgumentsPerToken = true,
        Description = "SQLite files, by a name with * and ? (in quotes, or as the shell expands it).",
    };

    private readonly Option<string?> _file = OptionOf.Text(
        FileName,
        "file",
        "A list of databases, one a line in any form that --database accepts; '-' reads standard input."
    );

    private readonly Option<string?> _query = OptionOf.Text(
        "--databases-query",
        "SQL",
        "Ask the database of --database, or of the environment, which ones are meant: one a row, in any form that --database accepts."
    );

    private readonly Option<int?> _throttleLimit = Choice.Count("--throttle-limit", "How many databases to work on at once. Default: 1.");

    private readonly Option<int?> _throttlePerServer = Choice.Count(
        "--throttle-per-server",
        "How many databases of one server to work on at once. Default: the throttle limit."
    );

    private readonly Option<int?> _canary = Choice.Count(
        "--canary",
        "How many databases come first: unless all of them are completed, no other is begun."
    );

    private readonly Option<int?> _stopAfter = Choice.Count(
        "--stop-after",
        "Begin no other database after this many have failed. Default: all are worked on."
    );

    private readonly Option<string?> _shard = OptionOf.Text(
        "--shard",
        "n/m",
        "Work on one share only: 3/8 is the third of eight; 'auto' takes the position that Azure DevOps or GitLab gives the job."
    );

    private readonly Option<string?> _resultFile = OptionOf.Text(
        "--result-file",
        "file",
        "Write what became of each database to a file, for merge-results."
    );

    /// <summary>All of them, in the order in which help shows them.</summary>
    public IReadOnlyList<Option> All =>
        [_databases, _file, _query, _throttleLimit, _throttlePerServer, _canary, _stopAfter, _shard, _resultFile];

    /// <summary>The databases that are listed; null when none are.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: listed in two ways, or none is found.</exception>
    public IReadOnlyList<string>? Listed(ParseResult parse)
    {
        var patterns = parse.GetValue(_databases) ?? [];
        if (parse.GetValue(_query) is not null && (patterns.Length > 0 || parse.GetValue(_file) is not null))
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "--databases-query cannot be used together with --databases or --databases-file.",
                "Specify the databases with one of them."
            );
        if (parse.GetValue(_file) is not { } file)
            return patterns.Length == 0 ? null : [.. patterns.SelectMany(DatabaseList.Find).Distinct(StringComparer.Ordinal)];
        if (patterns.Length > 0)
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "--databases and --databases-file cannot be used together.",
                "Specify the databases with one of them."
            );
        return file is StandardInput ? DatabaseList.Read(Console.In, "standard input") : DatabaseList.Read(Path.GetFullPath(file));
    }

    /// <summary>The query that finds the databases; null without one.</summary>
    public string? Query(ParseResult parse) => parse.GetValue(_query);

    /// <summary>How they are worked on.</summary>
    public FleetOptions Read(ParseResult parse) =>
        new()
        {
            ThrottleLimit = parse.GetValue(_throttleLimit) ?? 1,
            ThrottlePerServer = parse.GetValue(_throttlePerServer),
            Canary = parse.GetValue(_canary) ?? 0,
            StopAfter = parse.GetValue(_stopAfter),
            Shard = parse.GetValue(_shard) is { } shard ? FleetShard.Parse(shard, Environment.GetEnvironmentVariable) : null,
            ResultFile = parse.GetValue(_resultFile) is { } file ? Path.GetFullPath(file) : null,
        };
}
