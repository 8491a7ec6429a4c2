using Migrations.Databases;
using Migrations.PostgreSql;
using Migrations.Sqlite;

namespace Migrations.Stress;

/// <summary>One kind of database, and what the scenarios must say differently to it.</summary>
internal abstract class Engine
{
    public static Engine Sqlite { get; } = new SqliteEngine();

    public static Engine PostgreSql { get; } = new PostgreSqlEngine();

    public static IReadOnlyList<Engine> Both { get; } = [Sqlite, PostgreSql];

    public abstract string Name { get; }

    public abstract IDatabaseDriver Driver { get; }

    public abstract Task<TestDatabase> CreateAsync();

    /// <summary>A query that gives the numbers from 1 to a last one in the column <c>i</c>.</summary>
    public abstract string Numbers(int last);

    /// <summary>Waits until nothing of a killed process is left in the database.</summary>
    public abstract Task UntilGoneAsync(TestDatabase database);

    /// <summary>Looks for damage.</summary>
    public abstract Task CheckAsync(TestDatabase database);

    public Migrator Migrator(TestDatabase database, string folder, Func<SessionOptions, SessionOptions>? change = null)
    {
        var session = new SessionOptions { LockTimeout = TimeSpan.FromSeconds(10) };
        return new Migrator(
            Driver,
            Driver.Parse(database.Address, folder)!,
            folder,
            new MigratorOptions { Session = change?.Invoke(session) ?? session }
        );
    }

    private sealed class SqliteEngine : Engine
    {
        public override string Name => "sqlite";

        public override IDatabaseDriver Driver { get; } = new SqliteDriver();

        public override Task<TestDatabase> CreateAsync() => Task.FromResult<TestDatabase>(new SqliteTestDatabase());

        public override string Numbers(int last) =>
            $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {last}) SELECT i FROM n";

        public override Task UntilGoneAsync(TestDatabase database) => Task.CompletedTask;

        public override async Task CheckAsync(TestDatabase database) =>
            Must.Hold(await database.ScalarAsync("PRAGMA integrity_check") == "ok", "The file is damaged.");
    }

    private sealed class PostgreSqlEngine : Engine
    {
        public override string Name => "postgresql";

        public override IDatabaseDriver Driver { get; } = new PostgreSqlDriver();

        public override async Task<TestDatabase> CreateAsync() => await PostgreSqlTestDatabase.CreateAsync();

        public override string Numbers(int last) => $"SELECT i FROM generate_series(1, {last}) AS i";

        public override async Task UntilGoneAsync(TestDatabase database)
        {
            while (
                await database.ScalarAsync(
                    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND "
                        + "pid <> pg_backend_pid() LIMIT 1"
                )
                    is not null
            )
                await Task.Delay(10);
        }

        public override async Task CheckAsync(TestDatabase database) =>
            Must.Hold(
                await database.ScalarAsync("SELECT relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT indisvalid")
                    is null,
                "An INVALID index was left."
            );
    }
}
