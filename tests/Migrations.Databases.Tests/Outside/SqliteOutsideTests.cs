using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Outside;

/// <summary>SQLite reaches other files by ATTACH, VACUUM INTO, extensions, and a few settings of the process.</summary>
public sealed class SqliteOutsideTests() : OutsideConformance(DatabaseKind.Sqlite)
{
    private readonly TemporaryFolder _outside = new();

    protected override IReadOnlyList<OutsideWay> Ways =>
        [
            new("empties_a_file", $"ATTACH DATABASE '{Other}' AS o;\nDELETE FROM o.doc;\n", 1, $"ATTACH DATABASE '{Other}'"),
            new("makes_a_file", $"\nATTACH '{Planted}' AS p;\nCREATE TABLE p.x (a);\n", 2, $"ATTACH DATABASE '{Planted}'"),
            new(
                "attaches_among_others",
                $"CREATE TABLE q (a);\nATTACH '{Planted}' AS p;\nCREATE TABLE p.x (a);\n",
                2,
                $"ATTACH DATABASE '{Planted}'"
            )
            {
                InMigrations = false,
            },
            new("by_its_address", $"attach 'file:{Planted}?mode=rwc' as p;\nCREATE TABLE p.x (a);\n", 1, "ATTACH DATABASE"),
            new(
                "by_an_address_that_looks_like_memory",
                $"ATTACH 'file:{Planted}?mode=memory&mode=rwc' AS p;\nCREATE TABLE p.x (a);\n",
                1,
                "ATTACH DATABASE"
            ),
            new(
                "by_an_escaped_address",
                $"ATTACH 'file:{Planted}?x=mode=memory&%6dode=rwc' AS p;\nCREATE TABLE p.x (a);\n",
                1,
                "ATTACH DATABASE"
            ),
            new(
                "by_a_computed_name",
                $"-- a comment\n/* and\nanother */ ATTACH ('{Planted[..^1]}' || '{Planted[^1]}') AS p;\nCREATE TABLE p.x (a);\n",
                3,
                "ATTACH DATABASE a name that it computes"
            ),
            new("by_a_name_in_double_quotes", $"ATTACH \"{Planted}\" AS p;\nCREATE TABLE p.x (a);\n", 1, $"ATTACH DATABASE '{Planted}'"),
            new(
                "attaches_without_a_transaction",
                $"-- Transaction: none\nATTACH '{Other}' AS o;\nDELETE FROM o.doc;\nDETACH o;\n",
                2,
                "ATTACH DATABASE"
            ),
            new("copies_into_a_file", $"VACUUM INTO '{Planted}';\n", 1, $"VACUUM INTO '{Planted}'"),
            new("copies_into_a_computed_file", $"VACUUM main INTO '{Planted[..^1]}' || '{Planted[^1]}';\n", 1, "VACUUM INTO"),
            new("loads_an_extension", $"SELECT load_extension('{Planted}');\n", 1, "load_extension()"),
            new(
                "loads_an_extension_while_it_writes",
                $"CREATE TABLE v (a);\nINSERT INTO v SELECT load_extension('{Planted}', 'main');\nDROP TABLE v;\n",
                2,
                "load_extension()"
            ),
            new(
                "loads_an_extension_in_a_trigger",
                $"CREATE TABLE log (a);\nCREATE TRIGGER loads AFTER INSERT ON log BEGIN SELECT load_extension('{Planted}'); "
                    + "END;\nINSERT INTO log VALUES (1);\n",
                3,
                "load_extension()"
            ),
            new("registers_a_tokenizer", "SELECT fts3_tokenizer('x', X'0000000000000000');\n", 1, "fts3_tokenizer()"),
            new("moves_temporary_files", $"PRAGMA temp_store_directory = '{_outside.Path}';\n", 1, "PRAGMA temp_store_directory"),
        ];

    protected override OutsideWay Alone => Ways.Single(w => w.Name == "loads_an_extension");

    private string Other => _outside["other.db"];

    private string Planted => _outside["planted.db"];

    [Theory]
    [InlineData("ATTACH ':memory:' AS m;\nCREATE TABLE m.x (a);\nINSERT INTO m.x VALUES (1);\n")]
    [InlineData("ATTACH '' AS m;\nCREATE TABLE m.x (a);\n")]
    [InlineData("ATTACH 'file::memory:' AS m;\nCREATE TABLE m.x (a);\n")]
    [InlineData("ATTACH 'file:name?mode=memory' AS m;\nCREATE TABLE m.x (a);\n")]
    [InlineData("-- Transaction: none\nCREATE TABLE t (a);\nINSERT INTO t VALUES (1);\nVACUUM;\n")]
    [InlineData("CREATE VIRTUAL TABLE f USING fts5(a);\nINSERT INTO f VALUES ('word');\nCREATE VIRTUAL TABLE r USING rtree(id, x0, x1);\n")]
    [InlineData("PRAGMA temp_store = MEMORY;\nPRAGMA user_version = 7;\nCREATE TEMP TABLE t (a);\n")]
    public async Task What_is_no_file_is_the_copys_own(string sql)
    {
        Migration("001_own", sql);
        var result = Assert.Single(
            (await new Migrations.Integrity.Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync()).Results
        );
        Assert.True(result.IsGood, result.NotRun ?? result.Failure?.Message);
    }

    protected override async Task PrepareAsync()
    {
        await using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = Other, Pooling = false }.ConnectionString
        );
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "CREATE TABLE doc (x); INSERT INTO doc VALUES (1), (2), (3)";
        await command.ExecuteNonQueryAsync();
    }

    protected override async Task<string> OutsideAsync()
    {
        var files = Directory.EnumerateFileSystemEntries(_outside.Path).Order(StringComparer.Ordinal).ToList();
        var hashes = await Task.WhenAll(
            files.Select(async f => $"{f} {Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(f)))}")
        );
        return string.Join('\n', hashes);
    }
}
