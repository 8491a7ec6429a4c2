using Migrations.PostgreSql;
using Migrations.Sqlite;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>One engine as the conformance suites see it: what they must say differently for each.</summary>
public abstract class DatabaseKind
{
    public static DatabaseKind Sqlite { get; } = new SqliteKind();

    public static DatabaseKind PostgreSql { get; } = new PostgreSqlKind();

    public abstract IDatabaseDriver Driver { get; }

    /// <summary>A statement that runs for minutes unless it is interrupted.</summary>
    public abstract string SlowStatement { get; }

    /// <summary>The database's words for a table that is not there.</summary>
    public abstract string NoSuchTable(string name);

    /// <summary>The database's code for a table that is not there.</summary>
    public abstract string NoSuchTableCode { get; }

    /// <summary>A statement that makes a table with so many rows of some hundred bytes.</summary>
    public abstract string ManyRows(string table, int count);

    /// <summary>The database that a restore kept, beside the one of an address.</summary>
    public abstract DatabaseTarget Kept(string address, string kept);

    /// <summary>Skips the test where databases of this kind cannot be copied for lack of programs.</summary>
    public abstract void RequireCopies();

    public abstract Task<TestDatabase> CreateAsync();

    private sealed class SqliteKind : DatabaseKind
    {
        public override IDatabaseDriver Driver { get; } = new SqliteDriver();

        public override string SlowStatement =>
            "CREATE TABLE slow AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000000000) "
            + "SELECT count(*) AS c FROM n";

        public override string NoSuchTableCode => "SQLITE_ERROR (1)";

        public override string ManyRows(string table, int count) =>
            $"CREATE TABLE {table} AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
            + "SELECT i, hex(randomblob(60)) AS t FROM n";

        public override DatabaseTarget Kept(string address, string kept) => Driver.Parse(kept, Path.GetTempPath())!;

        public override string NoSuchTable(string name) => $"no such table: {name}";

        public override void RequireCopies()
        {
            // A copy of a file needs no program.
        }

        public override Task<TestDatabase> CreateAsync() => Task.FromResult<TestDatabase>(new SqliteTestDatabase());
    }

    private sealed class PostgreSqlKind : DatabaseKind
    {
        public override IDatabaseDriver Driver { get; } = new PostgreSqlDriver();

        public override string SlowStatement => "SELECT pg_sleep(300)";

        public override string NoSuchTableCode => "42P01";

        public override string ManyRows(string table, int count) =>
            $"CREATE TABLE {table} AS SELECT i, repeat(md5(i::text), 4) AS t FROM generate_series(1, {count}) i";

        public override DatabaseTarget Kept(string address, string kept) =>
            Driver.Parse(
                new UriBuilder(address) { Path = kept }
                    .Uri
                    .AbsoluteUri,
                Path.GetTempPath()
            )!;

        public override string NoSuchTable(string name) => $"relation \"{name}\" does not exist";

        public override void RequireCopies() => Prerequisite.PgDump();

        public override async Task<TestDatabase> CreateAsync() => await PostgreSqlTestDatabase.CreateAsync();
    }
}
