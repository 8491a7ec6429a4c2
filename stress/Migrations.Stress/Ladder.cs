using System.Globalization;

namespace Migrations.Stress;

/// <summary>
/// A folder of migrations, each of which makes a table with rows and an index and writes its number into a ledger, and a look at the
/// database that tells whether each is there wholly or not at all, and once.
/// </summary>
internal sealed class Ladder
{
    private const string SlowCommit = """

        CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.02); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER ledger_lingers AFTER INSERT ON ledger DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION
            linger();
        """;

    private readonly Engine _engine;
    private readonly int[] _rows;

    public Ladder(Engine engine, Random random, int steps = 8)
    {
        _engine = engine;
        _rows = [.. Enumerable.Range(0, steps).Select(_ => random.Next(1, 4000))];
        Names = [.. Enumerable.Range(0, steps + 1).Select(NameOf)];
    }

    /// <summary>The migrations' names, in order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Writes the folder.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="lingers">Whether each commit takes a little while (PostgreSQL).</param>
    public void WriteTo(string folder, bool lingers = false)
    {
        Write(
            folder,
            0,
            "CREATE TABLE ledger (step integer NOT NULL);" + (lingers ? SlowCommit : ""),
            "DROP TABLE ledger;" + (lingers ? "\nDROP FUNCTION linger();" : "")
        );
        for (var i = 1; i <= _rows.Length; i++)
        {
            Write(
                folder,
                i,
                $"""
                CREATE TABLE t{i} (n integer NOT NULL, text text);
                INSERT INTO t{i} (n, text) SELECT i, 'row ' || i FROM ({_engine.Numbers(_rows[i - 1])}) AS numbers;
                CREATE INDEX t{i}_n ON t{i} (n);
                INSERT INTO ledger VALUES ({i});
                """,
                $"DROP TABLE t{i};\nDELETE FROM ledger WHERE step = {i};"
            );
        }
    }

    /// <summary>The migrations that are in the database. In no state but between two migrations may it be.</summary>
    public async Task<List<string>> LookAsync(TestDatabase database)
    {
        var tables = await database.TablesAsync();
        var present = new List<string>();
        var ledger = tables.Contains("ledger") ? (await database.RowsAsync("SELECT step FROM ledger ORDER BY step")).ToList() : [];
        if (tables.Contains("ledger"))
            present.Add(Names[0]);
        for (var i = 1; i <= _rows.Length; i++)
        {
            var number = i.ToString(CultureInfo.InvariantCulture);
            var times = ledger.Count(step => step == number);
            var rows = tables.Contains("t" + number) ? await database.ScalarAsync($"SELECT count(*) FROM t{i}") : null;
            Must.Hold(times <= 1, $"{Names[i]} was applied {times} times.");
            Must.Hold(
                rows is not null == (times == 1),
                $"{Names[i]} is there in part: table {(rows is null ? "missing" : "present")}, {times} ledger rows."
            );
            Must.Hold(
                rows is null || rows == _rows[i - 1].ToString(CultureInfo.InvariantCulture),
                $"{Names[i]} has {rows} rows and not {_rows[i - 1]}."
            );
            if (times == 1)
                present.Add(Names[i]);
        }

        return present;
    }

    /// <summary>That the history says what is in the database, each migration once.</summary>
    public async Task CheckHistoryAsync(TestDatabase database, string folder, IReadOnlyList<string> present)
    {
        var hasJournal = (await database.TablesAsync()).Contains("migration_journal");
        Must.Hold(hasJournal || present.Count == 0, "There is no history.");
        if (!hasJournal)
            return;
        var applied = (await _engine.Migrator(database, folder).GetStatusAsync())
            .Where(s => s.State == MigrationState.Applied)
            .Select(s => s.Name)
            .ToList();
        Must.Hold(
            applied.SequenceEqual(present, StringComparer.Ordinal),
            $"The history says [{string.Join(", ", applied)}], and the database has [{string.Join(", ", present)}]."
        );
        var twice = await database.RowsAsync(
            """
            SELECT name FROM migration_journal GROUP BY name
            HAVING sum(CASE event WHEN 'applied' THEN 1 WHEN 'rolled_back' THEN -1 ELSE 0 END) NOT IN (0, 1)
            """
        );
        Must.Hold(twice.Count == 0, $"Recorded twice: {string.Join(", ", twice)}.");
    }

    /// <summary>That one more run, without a hand on the database, applies what is left.</summary>
    public async Task FinishAsync(TestDatabase database, string folder)
    {
        await _engine.Migrator(database, folder).ApplyAsync();
        var present = await LookAsync(database);
        Must.Hold(present.SequenceEqual(Names, StringComparer.Ordinal), $"The next run left [{string.Join(", ", present)}].");
        await CheckHistoryAsync(database, folder, present);
        await _engine.CheckAsync(database);
    }

    private static string NameOf(int step) => step.ToString("000", CultureInfo.InvariantCulture) + "_step";

    private static void Write(string folder, int step, string up, string down)
    {
        File.WriteAllText(Path.Combine(folder, NameOf(step) + ".up.sql"), up + "\n");
        File.WriteAllText(Path.Combine(folder, NameOf(step) + ".down.sql"), down + "\n");
    }
}
