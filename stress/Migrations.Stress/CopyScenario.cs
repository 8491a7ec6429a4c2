using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text.Json;

namespace Migrations.Stress;

/// <summary>
/// <c>copy</c> from SQLite to PostgreSQL, hit at a random moment: the target is as before or complete, but for the schema in which the copy
/// was built, which <c>check</c> names and the next copy drops; the source's file has the same bytes, and no other file beside it.
/// </summary>
/// <param name="hit">What is hit.</param>
[UnsupportedOSPlatform("windows")]
internal sealed class CopyScenario(string hit) : Scenario
{
    public const string Tool = "tool-killed";
    public const string ServerStopped = "server-killed";
    public const string Connection = "connection-cut";

    private const string Staging = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'migrations_copy_%'";

    private readonly TemporaryFolder _folder = new();
    private SqliteTestDatabase? _source;
    private PostgreSqlServer? _server;
    private TimeSpan _usual;
    private string _complete = "";
    private string _bytes = "";

    public override string Name => $"copy/{hit}";

    public override Extent Extent(bool isLong) => new(isLong ? 20 : 2);

    public override async Task PrepareAsync()
    {
        _source = new SqliteTestDatabase(_folder["source.db"]);
        await _source.ExecuteAsync(
            """
            CREATE TABLE large (id INTEGER PRIMARY KEY AUTOINCREMENT, small INT REFERENCES small (id), a TEXT NOT NULL, b REAL, c BLOB);
            CREATE TABLE small (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE UNIQUE);
            CREATE TABLE other (id INTEGER PRIMARY KEY, at DATETIME, n DECIMAL(12,2));
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150000)
            INSERT INTO large SELECT i, i % 100 + 1, 'text of row ' || i, i / 7.0, randomblob(20) FROM n;
            INSERT INTO small SELECT id, 'name ' || id FROM large WHERE id <= 100;
            INSERT INTO other SELECT id, '2025-01-01 10:00:00', id / 100.0 FROM large WHERE id <= 50000;
            CREATE INDEX by_a ON large (a); CREATE VIEW v AS SELECT l.id, s.name FROM large l JOIN small s ON s.id = l.small;
            """
        );
        _bytes = Bytes();
        // What is committed must be on disk here: the tests' servers are faster and forget it.
        _server = PostgreSqlServer.Start(
            new PostgreSqlSetup
            {
                Settings = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["synchronous_commit"] = "on",
                    ["full_page_writes"] = "on",
                },
            }
        );
        await using var database = await CreateAsync();
        var clock = Stopwatch.StartNew();
        Command.Succeeded(await CliProcess.RunAsync(Call(database)));
        _usual = clock.Elapsed;
        _complete = await LookAsync(database);
    }

    public override async Task RunAsync(Trial trial)
    {
        await using var database = await CreateAsync();
        var before = await LookAsync(database);
        using var process = CliProcess.Start(Call(database));
        await Task.Delay(_usual * (1.05 * trial.Random.NextDouble()));
        var isEnded = process.HasExited;
        await HitAsync(process, database, trial);
        var result = await process.WaitAsync();
        await Engine.PostgreSql.UntilGoneAsync(database);

        var after = await LookAsync(database);
        var staged = await database.RowsAsync(Staging);
        var isComplete = string.Equals(after, _complete, StringComparison.Ordinal);
        Must.Hold(isComplete || string.Equals(after, before, StringComparison.Ordinal), $"The target is neither: {after}");
        Must.Hold(staged.Count <= 1 && !(isComplete && staged.Count > 0), $"Left: {string.Join(", ", staged)}");
        Must.Hold(result.ExitCode != 0 || isComplete, $"It says that all is copied, and the target is as before: {result}");
        Must.Hold(!result.All.Contains("   at ", StringComparison.Ordinal), $"A raw stack trace: {result}");
        Must.Hold(string.Equals(Bytes(), _bytes, StringComparison.Ordinal), "The source has changed.");
        Must.Hold(Directory.GetFileSystemEntries(_folder.Path).Length == 1, "A file was left beside the source.");
        trial.Figures.Count(
            isEnded ? "had ended"
            : isComplete ? "complete"
            : staged.Count > 0 ? "as before, but for the schema"
            : "as before"
        );
        if (staged is [var schema])
            await DemandNamedAsync(database, schema, trial.Folder);
        Command.Succeeded(await CliProcess.RunAsync(Call(database)));
        Must.Hold(string.Equals(await LookAsync(database), _complete, StringComparison.Ordinal), "The next copy is not complete.");
        Must.Hold((await database.RowsAsync(Staging)).Count == 0, "The next copy did not drop the schema.");
    }

    public override async ValueTask EndAsync()
    {
        _server?.Dispose();
        if (_source is not null)
            await _source.DisposeAsync();
        _folder.Dispose();
    }

    // A table that is to be replaced, and others that are not.
    private async Task<PostgreSqlTestDatabase> CreateAsync()
    {
        var database = await PostgreSqlTestDatabase.CreateAsync(_server!);
        await database.ExecuteAsync(
            "CREATE TABLE small (old text); INSERT INTO small VALUES ('mine'); CREATE TABLE own (x int); INSERT INTO own VALUES (1)"
        );
        return database;
    }

    private CliCall Call(TestDatabase database) =>
        new()
        {
            Arguments = ["copy", _source!.File, database.Address, "--recreate", "--yes", "--throttle-limit", "3", "--output", "json"],
            WorkingFolder = Path.GetTempPath(),
        };

    private async Task HitAsync(CliProcess process, PostgreSqlTestDatabase database, Trial trial)
    {
        switch (hit)
        {
            case Tool:
                process.Kill();
                break;
            case ServerStopped:
                _server!.StopImmediately();
                await Task.Delay(trial.Random.Next(0, 300));
                _server.StartAgain();
                break;
            default:
                // One of them, at random: the copy's own, or one that writes or reads tables beside it.
                await database.ScalarAsync(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                        + "AND backend_type = 'client backend' ORDER BY random() LIMIT 1"
                );
                break;
        }
    }

    private static async Task DemandNamedAsync(TestDatabase database, string schema, string folder)
    {
        var check = await CliProcess.RunAsync(Command.Call(database, folder, "check", "--output", "json"));
        using var findings = JsonDocument.Parse(check.Output);
        Must.Hold(
            findings.RootElement.EnumerateArray().Any(f => f.ToString().Contains(schema, StringComparison.Ordinal)),
            $"check does not name {schema}: {check}"
        );
    }

    private string Bytes() => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(_source!.File)));

    // All that can be seen of the tables, their keys and their rows.
    private static async Task<string> LookAsync(TestDatabase database)
    {
        var found = new List<string>();
        foreach (var table in await database.RowsAsync("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"))
            found.Add(
                $"{table} "
                    + await database.ScalarAsync(
                        $"SELECT count(*) || ' ' || coalesce(sum(hashtext(t::text)::bigint), 0) FROM \"{table}\" t"
                    )
            );
        found.AddRange(
            await database.RowsAsync(
                """
                SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
                UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
                UNION ALL SELECT viewname || definition FROM pg_views WHERE schemaname = 'public'
                UNION ALL SELECT sequencename || ' ' || coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1
                """
            )
        );
        return string.Join('\n', found);
    }
}
