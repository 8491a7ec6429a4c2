using Migrations.Databases;
using Migrations.Planning;

namespace Migrations.Stress;

/// <summary>
/// Random file names, headers, scripts and names of tables, schemas and services: whatever happens, it is a known error with a way out, a
/// failed script leaves nothing behind, and no name is ever taken for SQL.
/// </summary>
internal sealed class FuzzScenario(Engine engine) : Scenario
{
    private static readonly TimeSpan Hangs = TimeSpan.FromSeconds(30);

    private TestDatabase? _database;

    public override string Name => "fuzz/" + engine.Name;

    public override Extent Extent(bool isLong) => new(int.MaxValue, isLong ? TimeSpan.FromMinutes(5) : TimeSpan.FromSeconds(15));

    public override async Task RunAsync(Trial trial)
    {
        var database = await CleanAsync();
        var text = new FuzzText(trial.Random, engine == Engine.PostgreSql);
        var isOnlyScripts = trial.Random.Next(3) > 0;
        for (var file = trial.Random.Next(1, 4); file > 0; file--)
            await File.WriteAllBytesAsync(Path.Combine(trial.Folder, isOnlyScripts ? $"00{file}_a.sql" : text.FileName()), text.Script());
        var table = text.HostileName() ?? new SessionOptions().HistoryTable;
        var migrator = Migrator(database, trial.Folder, table, text);
        await KnownAsync(() => migrator.PlanApplyAsync(), trial);
        await KnownAsync(() => migrator.GetStatusAsync(), trial);
        var more = true;
        while (more)
            more = await StepAsync(database, migrator, table, trial);
        await KnownAsync(() => migrator.GetSummaryAsync(), trial);
        await KnownAsync(() => migrator.UndoAsync(), trial);
        Must.Hold(await database.ScalarAsync("SELECT count(*) FROM canary") == "1", "A name was taken for SQL: the canary is gone.");
    }

    public override async ValueTask EndAsync()
    {
        if (_database is not null)
            await _database.DisposeAsync();
    }

    /// <summary>Applies one migration.</summary>
    /// <returns>Whether there may be more.</returns>
    private async Task<bool> StepAsync(TestDatabase database, Migrator migrator, string table, Trial trial)
    {
        var before = await ObjectsAsync(database, table);
        var applied = 0;
        var error = await KnownAsync(async () => applied = (await migrator.ApplyAsync(new ApplyRequest { First = 1 })).Count, trial);
        trial.Figures.Count(error is null ? "applied" : "refused: " + error.Id);
        if (error is null)
            return applied > 0;
        // A procedure that commits, and a script without a transaction, leave what ran before the error.
        var ranOutside = false;
        await KnownAsync(
            async () => ranOutside = (await migrator.GetHistoryAsync()).Any(r => r.Event == History.JournalEvent.Started),
            trial
        );
        var after = await ObjectsAsync(database, table);
        Must.Hold(
            ranOutside || error.Id == ErrorId.TransactionUnbalanced || after.SequenceEqual(before, StringComparer.Ordinal),
            $"A failed script left [{string.Join(", ", after.Except(before, StringComparer.Ordinal))}] and took "
                + $"[{string.Join(", ", before.Except(after, StringComparer.Ordinal))}]: {error.Message}"
        );
        return false;
    }

    /// <summary>The schema without the history.</summary>
    private async Task<List<string>> ObjectsAsync(TestDatabase database, string table)
    {
        var rows = await database.RowsAsync(
            engine == Engine.Sqlite
                ? "SELECT tbl_name || char(9) || type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master WHERE name NOT "
                    + "GLOB 'sqlite_*' ORDER BY 1"
                : "SELECT relname || chr(9) || nspname || ' ' || relkind::text FROM pg_class c JOIN pg_namespace n ON n.oid = "
                    + "c.relnamespace WHERE c.oid >= 16384 AND nspname NOT LIKE 'pg\\_toast%' ORDER BY 1"
        );
        // A long name is cut by the server, and made into those of its sequence and key.
        return [.. rows.Where(r => !r.StartsWith(table[..Math.Min(table.Length, 50)], StringComparison.Ordinal))];
    }

    private Migrator Migrator(TestDatabase database, string folder, string table, FuzzText text)
    {
        var defaults = new SessionOptions();
        return new Migrator(
            engine.Driver,
            engine.Driver.Parse(database.Address, folder)!,
            folder,
            new MigratorOptions
            {
                Service = text.HostileName(),
                Session = defaults with
                {
                    StatementTimeout = TimeSpan.FromSeconds(2),
                    TableLockTimeout = TimeSpan.FromMilliseconds(200),
                    TableLockRetries = 1,
                    HistoryTable = table,
                    HistorySchema = engine == Engine.Sqlite ? null : text.HostileName(),
                },
            }
        );
    }

    /// <summary>Runs something that may only fail with a known error.</summary>
    private static async Task<MigrationException?> KnownAsync(Func<Task> call, Trial trial)
    {
        try
        {
            await call().WaitAsync(Hangs);
            return null;
        }
        catch (MigrationException e)
        {
            Must.Hold(e.Message.Length > 0 && e.NextStep.ToString().Length > 0, $"An error without a way out: {e}");
            return e;
        }
        catch (Exception e)
        {
            var files = Directory.GetFiles(trial.Folder).Select(f => $"--- {f}\n{File.ReadAllText(f)}");
            throw new BrokenPromiseException($"Not a known error: {e}\n{string.Join('\n', files)}");
        }
    }

    private async Task<TestDatabase> CleanAsync()
    {
        if (engine == Engine.Sqlite)
        {
            if (_database is not null)
                await _database.DisposeAsync();
            _database = await engine.CreateAsync();
        }
        else
        {
            _database ??= await engine.CreateAsync();
            var schemas = await _database.RowsAsync(
                "SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"
            );
            await _database.ExecuteAsync(string.Concat(schemas.Select(s => $"DROP SCHEMA {s} CASCADE;")) + "CREATE SCHEMA public;");
        }

        await _database.ExecuteAsync("CREATE TABLE canary (a integer);");
        await _database.ExecuteAsync("INSERT INTO canary VALUES (1);");
        return _database;
    }
}
