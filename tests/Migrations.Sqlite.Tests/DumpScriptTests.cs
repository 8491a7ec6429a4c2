using System.Diagnostics;
using Migrations.Testing;

namespace Migrations.Sqlite.Tests;

/// <summary>What <c>.dump</c> of the sqlite3 shell writes, used as a migration.</summary>
public sealed class DumpScriptTests : IDisposable
{
    private const string Source = """
        CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT CHECK (name <> ''), raw BLOB);
        CREATE TABLE "odd; 'name'" (id INTEGER PRIMARY KEY, person REFERENCES people(id) ON DELETE CASCADE, UNIQUE (person));
        CREATE TABLE parts (a, b, PRIMARY KEY (a, b)) WITHOUT ROWID;
        CREATE VIEW names AS SELECT name FROM people;
        CREATE TRIGGER touch AFTER INSERT ON people BEGIN UPDATE people SET name = trim(name) WHERE id = NEW.id;
        SELECT CASE WHEN 1 THEN 2 END; END;
        CREATE INDEX people_name ON people (name) WHERE name <> ';';
        INSERT INTO people (id, name, raw) VALUES (3, 'it''s; one', x'00ff'), (40, 'two' || char(10) || 'lines', NULL);
        INSERT INTO "odd; 'name'" VALUES (1, 3);
        INSERT INTO parts VALUES (1, 'x');
        DELETE FROM people WHERE id = 40;
        """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("CREATE VIRTUAL TABLE docs USING fts5(body); INSERT INTO docs VALUES ('some; words');")]
    public async Task A_dump_makes_the_same_database(string more)
    {
        var shell = Prerequisite.Sqlite3();
        var source = Path.Combine(_folder.Path, "source.db");
        _ = Shell(shell, source, Source + more);
        var dump = Shell(shell, source, ".dump");

        await using var session = await _folder.OpenReadyAsync();
        await session.RunAsync(_folder.Step(dump), default);
        // The next script of the same run sees all of it, and the settings are as before.
        await session.RunAsync(_folder.Step(more.Length == 0 ? "SELECT 1;" : "INSERT INTO docs VALUES ('more words');"), default);

        var error = await Assert.ThrowsAsync<StatementException>(() =>
            session.RunAsync(
                _folder.Step(
                    "INSERT INTO parts SELECT 1, writable_schema FROM pragma_writable_schema; INSERT INTO \"odd; 'name'\" VALUES (2, 99);"
                ),
                default
            )
        );
        Assert.Equal("SQLITE_CONSTRAINT_FOREIGNKEY (787)", error.Code);
        _ = Shell(shell, _folder.Database, "DROP TABLE migration_journal;");
        if (more.Length == 0)
            Assert.Equal(dump, Shell(shell, _folder.Database, ".dump"));
        else
            Assert.Equal("2", _folder.Ask("SELECT count(*) FROM docs WHERE docs MATCH 'words'"));
        Assert.Equal("ok", _folder.Ask("PRAGMA integrity_check"));
        Assert.Equal("40", _folder.Ask("SELECT seq FROM sqlite_sequence WHERE name = 'people'"));
    }

    private static string Shell(string program, string database, string input)
    {
        var start = new ProcessStartInfo(program, ["-bail", database])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input + "\n");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, process.StandardError.ReadToEnd());
        return output;
    }
}
