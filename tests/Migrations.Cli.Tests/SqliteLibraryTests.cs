namespace Migrations.Cli.Tests;

/// <summary>Which SQLite library the command uses, and what databases of other programs need from it.</summary>
public sealed class SqliteLibraryTests() : CliTests("SQLite")
{
    private string File => ((SqliteTestDatabase)Database).File;

    [Fact]
    public async Task The_bundled_library_is_used_unless_another_is_named()
    {
        ThreeTables();
        await CliProcess.RunAsync(Call("up"));
        Assert.Contains("3.53.4 (bundled)", (await CliProcess.RunAsync(Call("status", "--summary"))).Output, StringComparison.Ordinal);

        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the system's library has another name.");
        var named = await CliProcess.RunAsync(
            Call("status", "--summary") with
            {
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["MIGRATIONS_SQLITE_LIBRARY"] = "libsqlite3.so.0" },
            }
        );
        Assert.True(named.ExitCode == 0, named.ToString());
        Assert.Contains("(libsqlite3.so.0)", named.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_library_it_says_what_to_do()
    {
        ThreeTables();
        var copy = Temporary["program"];
        Directory.CreateDirectory(copy);
        var program = Path.GetDirectoryName(CliProcess.Program)!;
        foreach (var file in Directory.GetFiles(program))
            System.IO.File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));

        var result = await CliProcess.RunAsync(Call("up") with { Program = Path.Combine(copy, "migrations.dll") });

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("The SQLite library that comes with Migrations could not be loaded", result.Error, StringComparison.Ordinal);
        Assert.Contains("MIGRATIONS_SQLITE_LIBRARY", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_with_texts_in_double_quotes_is_migrated_tested_backed_up_and_restored()
    {
        var shell = Prerequisite.Sqlite3();
        const string Schema = """
            CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT CHECK (a <> "x"));
            CREATE INDEX i ON t (a) WHERE a <> "y";
            INSERT INTO t (a) VALUES ('q'), ('w');
            """;
        using (var made = System.Diagnostics.Process.Start(shell, [File, Schema]))
            await made.WaitForExitAsync();
        var backups = Temporary["backups"];
        Directory.CreateDirectory(backups);
        Migration("001_b", "ALTER TABLE t RENAME COLUMN a TO b;\n", "ALTER TABLE t RENAME COLUMN b TO a;\n");
        Migration("002_c", "CREATE TABLE c (x TEXT DEFAULT \"no\" CHECK (x <> \"maybe\"));\n", "DROP TABLE c;\n");

        foreach (
            var call in (string[][])
                [
                    ["test", "--with-data"],
                    ["up"],
                    ["schema"],
                    ["check"],
                    ["backup", "--destination", backups, "--prove"],
                    ["down", "--all", "--yes"],
                    ["restore", "--latest", "--from", backups, "--yes"],
                    ["status", "--exit-code"],
                ]
        )
        {
            var result = await CliProcess.RunAsync(Call(call));
            Assert.True(result.ExitCode == 0, result.ToString());
        }

        Assert.Equal(["q", "w"], await Database.RowsAsync("SELECT b FROM t ORDER BY b"));
    }
}
