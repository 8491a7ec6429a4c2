using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Migrations.Testing;
using Npgsql;

namespace Migrations.Bench;

/// <summary>
/// A copy from SQLite to PostgreSQL against a client that only sends prepared rows by COPY BINARY, and against pgloader; and the comparison
/// of rows against reading both databases to nowhere. The command is a process, as people call it.
/// </summary>
internal sealed class CopyBench : IDisposable
{
    private const int Rounds = 3;
    private const long Megabyte = 1024;
    private const string Read = "COPY t TO STDOUT (FORMAT BINARY)";
    private const string Columns =
        "id bigint, name text, city text, amount bigint, price double precision, active boolean, created timestamp, note text";

    private readonly Report _report;
    private readonly int _rows;
    private readonly PostgreSqlServer _server;
    private readonly string _psql;
    private readonly TemporaryFolder _place = new();

    private CopyBench(Report report, int rows, PostgreSqlServer server, string psql) =>
        (_report, _rows, _server, _psql) = (report, rows, server, psql);

    /// <summary>Measures it.</summary>
    /// <param name="report">Takes the figures.</param>
    /// <param name="isFull">With 5 and 10 million rows, and not with few.</param>
    public static async Task RunAsync(Report report, bool isFull)
    {
        var rows = isFull ? 5_000_000 : 250_000;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Copy, {rows:N0} rows of 8 columns"));
        if (PostgreSqlBinaries.Find() is not { } binaries || Executable.In(binaries, "psql") is not { } psql)
        {
            report.NotMeasured("all", "PostgreSQL is not installed");
            return;
        }

        using var server = PostgreSqlServer.Start(
            new PostgreSqlSetup { Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["max_wal_size"] = "8GB" } }
        );
        using var bench = new CopyBench(report, rows, server, psql);
        await bench.RunAsync();
        await bench.MemoryAsync();
        await bench.CompareAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _place.Dispose();

    private async Task RunAsync()
    {
        var source = await SourceAsync(_rows);
        var prepared = await PrepareAsync(source);
        List<double> floor = [],
            phase = [],
            whole = [],
            other = [];
        for (var round = -1; round < Rounds; round++)
        {
            Measure.Settle();
            var sent = await SendAsync(prepared);
            Measure.Settle();
            var (copied, seconds) = await CopyAsync(source);
            Measure.Settle();
            var loaded = await LoadAsync(source);
            if (round < 0)
                continue;
            floor.Add(sent);
            phase.Add(seconds);
            whole.Add(copied.Milliseconds);
            other.Add(loaded);
        }

        _report.Ratio("copy, from reading the rows to their commit", phase, floor, 1.3);
        _report.Ratio("copy, the whole call with scan, keys and proof", whole, floor, 2.5);
        if (other.TrueForAll(o => o > 0))
            _report.Ratio("copy, the whole call against pgloader", whole, other, 0.5);
        else
            _report.NotMeasured("copy against pgloader", "pgloader is not installed");
    }

    private async Task MemoryAsync()
    {
        var (few, many) = (_rows / 5, _rows * 2);
        var (small, _) = await CopyAsync(await SourceAsync(few));
        var (large, _) = await CopyAsync(await SourceAsync(many));
        _report.Count(
            string.Create(CultureInfo.InvariantCulture, $"copy, peak memory in MB, {many:N0} rows"),
            (int)(large.PeakKilobytes / Megabyte),
            150
        );
        _report.Count(
            string.Create(CultureInfo.InvariantCulture, $"copy, peak memory in MB above that of {few:N0} rows"),
            (int)Math.Max(0, (large.PeakKilobytes - small.PeakKilobytes) / Megabyte),
            15
        );
    }

    private async Task CompareAsync()
    {
        var source = await SourceAsync(_rows * 2);
        await using var database = await PostgreSqlTestDatabase.CreateAsync(_server);
        _ = Copy(source, database);
        List<double> floor = [],
            tool = [];
        for (var round = -1; round < Rounds; round++)
        {
            var read = await Measure.TimeAsync(() =>
                Task.WhenAll(
                    Task.Run(() => Measure.Process("sh", ["-c", $"sqlite3 '{source}' 'SELECT * FROM t' > /dev/null"])),
                    Task.Run(() => Measure.Process("sh", ["-c", $"'{_psql}' '{database.Address}' -c '{Read}' > /dev/null"]))
                )
            );
            var compared = MeasuredProcess.Run("dotnet", [CliProcess.Program, "diff", "--data", source, database.Address]);
            if (round < 0)
                continue;
            floor.Add(read);
            tool.Add(compared.Milliseconds);
        }

        _report.Ratio(
            string.Create(CultureInfo.InvariantCulture, $"diff --data of {_rows * 2:N0} rows against reading both to /dev/null, at once"),
            tool,
            floor,
            1.3
        );
    }

    private async Task<string> SourceAsync(int rows)
    {
        var file = _place[string.Create(CultureInfo.InvariantCulture, $"{rows}.db")];
        if (File.Exists(file))
            return file;
        await using var source = new SqliteTestDatabase(file);
        await source.ExecuteAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                PRAGMA synchronous = 0;
                CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, city TEXT, amount INTEGER, price REAL, active BOOLEAN, created TIMESTAMP,
                    note TEXT);
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
                INSERT INTO t SELECT i, 'name ' || i, 'city of number ' || (i % 1000), i * 7919 % 1000003, i / 7.0, i % 2,
                    datetime(1500000000 + i, 'unixepoch'),
                    CASE WHEN i % 3 = 0 THEN NULL ELSE 'a note about the row of number ' || i END FROM n
                """
            )
        );
        return file;
    }

    // What a copy sends, in a file: reading it costs next to nothing.
    private async Task<string> PrepareAsync(string source)
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync(_server);
        _ = Copy(source, database);
        var file = _place["prepared"];
        _ = Measure.Output("sh", ["-c", $"'{_psql}' '{database.Address}' -c '{Read}' > '{file}'"]);
        return file;
    }

    private async Task<double> SendAsync(string prepared)
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync(_server);
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await ExecuteAsync($"BEGIN; CREATE TABLE t ({Columns})");
        return await Measure.TimeAsync(async () =>
        {
            await using (var stream = await connection.BeginRawBinaryCopyAsync("COPY t FROM STDIN (FORMAT BINARY, FREEZE)"))
            {
                await using var file = File.OpenRead(prepared);
                await file.CopyToAsync(stream, 256 * 1024);
            }

            await ExecuteAsync("COMMIT");
        });

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    private async Task<(MeasuredProcess Call, double Phase)> CopyAsync(string source)
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync(_server);
        return Copy(source, database);
    }

    private static (MeasuredProcess Call, double Phase) Copy(string source, PostgreSqlTestDatabase database)
    {
        var call = MeasuredProcess.Run("dotnet", [CliProcess.Program, "copy", source, database.Address, "--output", "json"]);
        using var results = JsonDocument.Parse(call.Output);
        var table = results.RootElement[0];
        return table.GetProperty("equal").GetBoolean()
            ? (call, table.GetProperty("durationMs").GetDouble())
            : throw new InvalidOperationException("The copy is not equal.");
    }

    // 0 where it is not installed.
    private async Task<double> LoadAsync(string source)
    {
        if (Executable.OnPath("pgloader") is not { } pgloader)
            return 0;
        await using var database = await PostgreSqlTestDatabase.CreateAsync(_server);
        var clock = Stopwatch.StartNew();
        _ = Measure.Output(
            pgloader,
            ["--quiet", $"sqlite://{source}", AddressFor(database)],
            environment: new Dictionary<string, string>(StringComparer.Ordinal) { ["PGPASSWORD"] = database.Server.Password }
        );
        var elapsed = clock.Elapsed.TotalMilliseconds;
        return string.Equals(await database.ScalarAsync("SELECT count(*) FROM t"), $"{_rows}", StringComparison.Ordinal)
            ? elapsed
            : throw new InvalidOperationException("pgloader has not loaded all rows.");
    }

    // It takes no escapes in a password.
    private static string AddressFor(PostgreSqlTestDatabase database)
    {
        var server = database.Server;
        return $"postgresql://{server.User}@{server.Host}:{server.Port}/{database.Name}";
    }
}
