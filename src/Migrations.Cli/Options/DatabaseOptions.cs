using System.CommandLine;
using Migrations.Configuration;
using Migrations.Databases;

namespace Migrations.Cli.Options;

/// <summary>The options that name databases and say how to connect to them.</summary>
internal sealed class DatabaseOptions
{
    private readonly Option<string[]> _database = new("--database", "-d")
    {
        HelpName = "database",
        Description =
            "The database: a path, sqlite:<path>, a postgres:// URL or an Npgsql connection string; can be repeated. "
            + "Default: DATABASE_URL.",
    };

    private readonly Option<string?> _file = new("--database-file")
    {
        HelpName = "file",
        Description =
            "A file with the database in any form that --database accepts, for example a mounted secret. Default: DATABASE_URL_FILE.",
    };

    private readonly Option<TimeSpan?> _wait = Choice.Duration(
        "--wait",
        "How long to keep trying to connect while the server is starting or cannot be reached. Default: one attempt."
    );

    private readonly Option<TimeSpan?> _timeout = Choice.Duration(
        "--connect-timeout",
        "How long one attempt to connect may take (PostgreSQL). Default: 15s."
    );

    /// <summary>All of them, in the order in which help shows them.</summary>
    public IReadOnlyList<Option> All => [_database, _file, _wait, _timeout];

    /// <summary>The databases that options name; none when they name none.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: named in two ways, or by a file that cannot be read.
    /// </exception>
    public IReadOnlyList<string> Given(ParseResult parse)
    {
        var given = parse.GetValue(_database) ?? [];
        if (parse.GetValue(_file) is not { } file)
            return given;
        return given.Length == 0
            ? [DatabaseFile.Read(Path.GetFullPath(file), "--database-file")]
            : throw new MigrationException(
                ErrorId.UsageInvalid,
                "--database and --database-file cannot be used together.",
                "Specify the database with one of them."
            );
    }

    /// <summary>A session's options, with how to connect.</summary>
    public SessionOptions Read(ParseResult parse, SessionOptions session) =>
        session.Waiting(parse.GetValue(_wait) ?? session.ConnectWait) with
        {
            ConnectTimeout = parse.GetValue(_timeout) is { } limit ? SessionOptions.Limit(limit) : session.ConnectTimeout,
        };
}
