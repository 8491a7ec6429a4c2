using System.Globalization;

namespace Migrations.Stress;

/// <summary>One script without a transaction, made of random statements, and a look at the database that tells how far it got.</summary>
internal sealed class StatementLadder
{
    private readonly List<Rung> _rungs = [];
    private readonly Engine _engine;

    public StatementLadder(Engine engine, Random random)
    {
        _engine = engine;
        Add("CREATE TABLE base (n integer, batch integer)", "SELECT 1", of: "base");
        for (var i = 1; i <= 9; i++)
            AddRandom(random, i);
        // Without a probe at the end nobody could tell whether the last one ran.
        Add("CREATE TABLE last_one (n integer)", "SELECT 1", of: "last_one");
    }

    public const string Name = "001_statements";

    /// <summary>How many statements the script has.</summary>
    public int Count => _rungs.Count;

    public void WriteTo(string folder) =>
        File.WriteAllText(Path.Combine(folder, Name + ".sql"), "-- Transaction: none\n" + string.Concat(_rungs.Select(r => r.Sql + ";\n")));

    /// <summary>Whether a statement's effect can only be told by counting rows.</summary>
    public bool IsUndecidable(int index) => _rungs[index].Sql.StartsWith("INSERT", StringComparison.Ordinal);

    /// <summary>Whether a statement took effect; null where that does not show.</summary>
    public async Task<bool?> TookEffectAsync(TestDatabase database, int index)
    {
        var rung = _rungs[index];
        if (rung.Probe is null)
            return null;
        var tables = await database.TablesAsync();
        if (!tables.Contains(rung.Of))
            return false;
        var found = await database.ScalarAsync(rung.Probe) ?? "0";
        Must.Hold(found == "0" || found == rung.Expected, $"Statement {index + 1} ({rung.Sql}) gave {found} and not {rung.Expected}.");
        return found == rung.Expected;
    }

    /// <summary>How many statements took effect: those up to the last whose effect shows. None may be missing before it.</summary>
    public async Task<int> LookAsync(TestDatabase database)
    {
        var effects = new List<bool?>();
        for (var i = 0; i < _rungs.Count; i++)
            effects.Add(await TookEffectAsync(database, i));
        var done = effects.LastIndexOf(item: true) + 1;
        var hole = effects.IndexOf(item: false);
        Must.Hold(
            hole < 0 || hole >= done,
            $"Statement {hole + 1} had no effect, and statement {done} had: {(hole < 0 ? "" : _rungs[hole].Sql)}"
        );
        return done;
    }

    /// <summary>The statements from one on that leave nothing to see.</summary>
    public int Unseen(int from) => _rungs.Skip(from).TakeWhile(r => r.Probe is null).Count();

    private void AddRandom(Random random, int i)
    {
        var rows = random.Next(1, 5000).ToString(CultureInfo.InvariantCulture);
        switch (random.Next(_engine == Engine.Sqlite ? 5 : 7))
        {
            case 0:
                Add($"CREATE TABLE s{i} (n integer)", "SELECT 1", of: $"s{i}");
                break;
            case 1 or 2:
                Add(
                    $"INSERT INTO base (n, batch) SELECT i, {i} FROM "
                        + $"({_engine.Numbers(int.Parse(rows, CultureInfo.InvariantCulture))}) AS numbers",
                    $"SELECT count(*) FROM base WHERE batch = {i}",
                    expected: rows
                );
                break;
            case 3:
                Add(
                    $"CREATE INDEX i{i} ON base (n)",
                    _engine == Engine.Sqlite
                        ? $"SELECT count(*) FROM sqlite_master WHERE name = 'i{i}'"
                        : $"SELECT count(*) FROM pg_class WHERE relname = 'i{i}'"
                );
                break;
            case 4:
                Add("VACUUM", probe: null);
                break;
            case 5:
                Add(
                    $"CREATE INDEX CONCURRENTLY i{i} ON base (batch, n)",
                    $"SELECT count(*) FROM pg_class c JOIN pg_index x ON x.indexrelid = c.oid WHERE relname = 'i{i}' AND indisvalid"
                );
                break;
            default:
                Add(
                    $"ALTER TABLE base ADD COLUMN c{i} integer",
                    $"SELECT count(*) FROM pg_attribute WHERE attrelid = 'base'::regclass AND attname = 'c{i}'"
                );
                break;
        }
    }

    private void Add(string sql, string? probe, string of = "base", string expected = "1") =>
        _rungs.Add(new Rung(sql, probe, of, expected));

    private sealed record Rung(string Sql, string? Probe, string Of, string Expected);
}
