using Migrations.Backup;
using Migrations.Events;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Backups;

/// <summary>
/// A backup that holds what the server cannot make any more is refused before anything is replaced, and restored without it where its
/// faults are accepted: what was left out is named, everything else is there.
/// </summary>
public abstract class LeftOutConformance(DatabaseKind kind) : BackupSuite(kind)
{
    /// <summary>Goes the whole way.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="before">What the tables hold.</param>
    /// <param name="named">What is left out, each in words of its own.</param>
    protected async Task IsLeftOutAsync(DatabaseBackup backup, string before, params string[] named)
    {
        await Database.ExecuteAsync("CREATE TABLE since (id integer);");
        var error = await ThrowsAsync<MigrationException>(ErrorId.BackupInvalid, () => RestoreAsync(backup));
        Assert.Contains("--accept-faults", error.NextStep, StringComparison.Ordinal);
        Assert.Contains("since", await Database.TablesAsync());

        var result = await RestoreAsync(backup, new RestoreRequest { AcceptFaults = true });
        AssertNamed(result, named);
        Assert.DoesNotContain("since", await Database.TablesAsync());
        Assert.Equal(before, (await StateAsync()).Content);
    }

    protected void AssertNamed(RestoreResult result, params string[] named)
    {
        Assert.True(named.Length == result.LeftOut.Count, string.Join('\n', result.LeftOut));
        var warning = Events.Of<WarningRaised>().Last(w => w.Message.Contains("could not make", StringComparison.Ordinal)).Message;
        foreach (var (name, item) in named.Zip(result.LeftOut))
        {
            Assert.StartsWith(name, item, StringComparison.Ordinal);
            Assert.Contains(item, warning, StringComparison.Ordinal);
        }
    }

    /// <summary>A run that fails goes back to it where its faults are accepted, and names the way where they are not.</summary>
    protected async Task FailedRunGoesBackAsync(string make, BackupFormat format, string named)
    {
        await FillAsync();
        await Database.ExecuteAsync(make);
        var before = (await StateAsync()).Content;
        Migration("004_broken", "-- Transaction: none\nCREATE TABLE extra (id integer);\nnonsense;\n");
        var request = new ApplyRequest
        {
            Backup = new BackupRequest { Folder = Backups, Format = format },
            RestoreOnFailure = true,
        };
        var refused = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync(request));
        Assert.EndsWith(" --accept-faults", refused.NextStep, StringComparison.Ordinal);
        Assert.Contains("extra", await Database.TablesAsync());

        await Database.ExecuteAsync("DROP TABLE extra;");
        var failure = await ThrowsAsync<StatementException>(
            ErrorId.StatementFailed,
            () => ApplyAsync(request with { AcceptFaults = true })
        );
        Assert.Contains("Left out, because the server could not make it: " + named, failure.NextStep, StringComparison.Ordinal);
        Assert.DoesNotContain("extra", await Database.TablesAsync());
        Assert.Contains("b", await Database.TablesAsync());
        Assert.NotEmpty(before);
    }
}

/// <summary>Functions and collations of programs are not in the shell's SQLite, and a script may hold rows that no script can
/// insert.</summary>
public sealed class SqliteLeftOutTests() : LeftOutConformance(DatabaseKind.Sqlite)
{
    private const string Foreign = """
        CREATE INDEX i ON b (of_a_program(id));
        CREATE TRIGGER t AFTER INSERT ON nowhere BEGIN DELETE FROM b; SELECT CASE WHEN 1 THEN 2 END; END;
        INSERT INTO b (id) VALUES (1), (1); INSERT INTO c VALUES ('v', 'w', 'x', 'y', 'z', 1, 2, 3);
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_SQLite_cannot_make_is_left_out(bool isCompressed)
    {
        await FillAsync();
        var before = (await StateAsync()).Content;
        var backup = await BackUpAsync(r => r with { Format = BackupFormat.Sql });
        var text = await File.ReadAllTextAsync(backup.Path);
        await File.WriteAllTextAsync(backup.Path, text.Replace("COMMIT;", Foreign + "COMMIT;", StringComparison.Ordinal));
        File.Delete(backup.Path + ".manifest.json");
        if (isCompressed)
            Compress(backup.Path);
        backup = await Catalogue.FindAsync(backup.Path + (isCompressed ? ".gz" : ""));

        await IsLeftOutAsync(
            backup,
            before,
            "INDEX i ON b (no such function: of_a_program)",
            "TRIGGER t AFTER INSERT ON nowhere (no such table: main.nowhere)",
            "INSERT INTO b (",
            "INSERT INTO c ("
        );
    }

    [Fact]
    public Task A_damaged_script_is_no_fault_to_accept() => CutOffAsync("COMMIT;", "");

    [Fact]
    public Task A_script_that_leaves_its_transaction_is_no_fault_to_accept() => CutOffAsync("COMMIT;", "ROLLBACK;");

    private async Task CutOffAsync(string text, string instead)
    {
        await FillAsync();
        var backup = await BackUpAsync(r => r with { Format = BackupFormat.Sql });
        await File.WriteAllTextAsync(
            backup.Path,
            (await File.ReadAllTextAsync(backup.Path)).Replace(text, instead, StringComparison.Ordinal)
        );
        await ThrowsAsync<MigrationException>(
            ErrorId.BackupInvalid,
            () => RestoreAsync(backup, new RestoreRequest { AcceptFaults = true })
        );
        Assert.Contains("b", await Database.TablesAsync());
    }

    private static void Compress(string path)
    {
        using (var source = File.OpenRead(path))
        using (var file = File.Create(path + ".gz"))
        using (var gzip = new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionLevel.Fastest))
            source.CopyTo(gzip);
        File.Delete(path);
    }
}

/// <summary>What PostgreSQL looks at only when it makes an object: functions that use what is gone, rows that break a changed
/// rule.</summary>
public sealed class PostgreSqlLeftOutTests() : LeftOutConformance(DatabaseKind.PostgreSql)
{
    private const string Failing =
        "CREATE TABLE gone (a int); CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN PERFORM 1 FROM public.gone; "
        + "RETURN $1; END'; ";

    private const string Index = Failing + "CREATE INDEX failing ON b (f(id)); COMMENT ON INDEX failing IS 'x'; DROP TABLE gone;";

    private const string View =
        Failing + "CREATE MATERIALIZED VIEW m AS SELECT f(1) AS one; CREATE UNIQUE INDEX one ON m (one); DROP TABLE gone;";

    private const string Check =
        "CREATE FUNCTION ok(int) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT true'; CREATE DOMAIN d AS int CONSTRAINT small CHECK "
        + "(public.ok(VALUE)); CREATE TABLE p (a int CONSTRAINT positive CHECK (ok(a)), v d) PARTITION BY LIST (a); CREATE TABLE p1 "
        + "PARTITION OF p FOR VALUES IN (-5, 7); INSERT INTO p VALUES (-5, -6), (7, 8); CREATE OR REPLACE FUNCTION ok(int) RETURNS bool "
        + "IMMUTABLE LANGUAGE sql AS 'SELECT $1 > 0';";

    private const string Small = "the validity of CONSTRAINT small of DOMAIN public.d (";
    private const string Positive = "the validity of CONSTRAINT positive of TABLE public.p (";

    private const string Raising =
        Failing
        + "CREATE TABLE r (a int CONSTRAINT raising CHECK (f(a) > 0), b int GENERATED ALWAYS AS (a + 1) STORED); INSERT INTO r VALUES (1), "
        + "(2); DROP TABLE gone;";

    [Theory]
    [InlineData(BackupFormat.Native, Index, "INDEX failing ON public.b (")]
    [InlineData(BackupFormat.Directory, View, "REFRESH MATERIALIZED VIEW public.m (")]
    [InlineData(BackupFormat.Sql, View, "REFRESH MATERIALIZED VIEW public.m (")]
    [InlineData(BackupFormat.Native, Check, Small, Positive)]
    [InlineData(BackupFormat.Sql, Check, Small, Positive)]
    public async Task What_the_server_cannot_make_is_left_out(BackupFormat format, string make, params string[] named)
    {
        await FillAsync();
        await Database.ExecuteAsync(make);
        var backup = await BackUpAsync(r => r with { Format = format });
        await Database.ExecuteAsync("DROP MATERIALIZED VIEW IF EXISTS m");
        var before = (await StateAsync()).Content;
        await IsLeftOutAsync(backup, before, named);
    }

    [Fact]
    public async Task Rows_come_without_the_rules_that_fail_on_them()
    {
        await FillAsync();
        await Database.ExecuteAsync(Raising);
        var result = await RestoreAsync(
            await BackUpAsync(r => r with { Format = BackupFormat.Sql }),
            new RestoreRequest { AcceptFaults = true }
        );
        Assert.Contains(
            result.LeftOut,
            l => l.StartsWith("the validity of CONSTRAINT raising " + "of TABLE public.r", StringComparison.Ordinal)
        );
        Assert.Equal("2", await Database.ScalarAsync("SELECT count(*) FROM r"));
        Assert.Equal("False", await Database.ScalarAsync("SELECT convalidated FROM pg_constraint WHERE conname = 'raising'"));
    }

    [Theory]
    [InlineData("CREATE EXTENSION IF NOT EXISTS of_another_server;\n", "EXTENSION IF NOT EXISTS of_another_server (")]
    [InlineData("CREATE VIEW public.v AS SELECT nowhere.f(1);\nALTER TABLE public.v OWNER TO postgres;\n", "VIEW public.v (")]
    [InlineData(
        "CREATE TABLE public.x (a nowhere.t);\nCOPY public.x (a) FROM stdin;\n1\nDROP TABLE public.b;\n\\.\n\nSELECT 1;\n",
        "TABLE public.x (|the rows of public.x ("
    )]
    [InlineData("CREATE FUNCTION public.g() RETURNS int LANGUAGE plnowhere AS 'x';\n", "FUNCTION public.g (")]
    [InlineData("INSERT INTO public.b (nowhere) VALUES (1);\nINSERT INTO public.b (nowhere) VALUES (2);\n", "INSERT INTO public.b (")]
    public async Task What_a_script_holds_beside_is_left_out(string statements, string named)
    {
        await FillAsync();
        var before = (await StateAsync()).Content;
        await IsLeftOutAsync(await ChangedAsync(statements), before, named.Split('|'));
    }

    [Theory]
    [InlineData(BackupFormat.Native)]
    [InlineData(BackupFormat.Sql)]
    public async Task An_empty_database_is_filled_in_place_without_it(BackupFormat format)
    {
        await FillAsync();
        await Database.ExecuteAsync(Index + "SELECT lo_from_bytea(0, 'large');");
        var backup = await BackUpAsync(r => r with { Format = format });
        await using var role = await PostgreSqlRole.CreateAsync();
        var target = Kind.Driver.Parse(role.Address, Folder)!;
        var manager = new BackupManager(Kind.Driver, target, Options);

        var error = await ThrowsAsync<MigrationException>(ErrorId.BackupInvalid, () => manager.RestoreAsync(backup));
        Assert.Contains("--accept-faults", error.NextStep, StringComparison.Ordinal);
        Assert.Empty(await role.Database.TablesAsync());
        Assert.Null(await role.Database.ScalarAsync("SELECT 1 FROM pg_largeobject_metadata"));

        var result = await manager.RestoreAsync(backup, new RestoreRequest { AcceptFaults = true });
        AssertNamed(result, "INDEX failing ON public.b (");
        Assert.Contains("into the database itself", result.How, StringComparison.Ordinal);
        Assert.Equal(await Database.ScalarAsync("SELECT count(*) FROM b"), await role.Database.ScalarAsync("SELECT count(*) FROM b"));
        Assert.Equal("large", await role.Database.ScalarAsync("SELECT convert_from(lo_get(oid), 'UTF8') FROM pg_largeobject_metadata"));
    }

    [Theory]
    [InlineData("ROLLBACK;\n")]
    [InlineData("COMMIT AND CHAIN;\n")]
    [InlineData("PREPARE TRANSACTION 'x';\n")]
    public async Task A_dump_cannot_leave_the_transaction_in_which_it_is_loaded(string statement)
    {
        await FillAsync();
        var backup = await ChangedAsync(statement);
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.BackupInvalid,
            () => RestoreAsync(backup, new RestoreRequest { AcceptFaults = true })
        );
        Assert.Contains("does not belong in a dump", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BackupFormat.Native)]
    [InlineData(BackupFormat.Sql)]
    public Task A_failed_run_goes_back_without_it(BackupFormat format) =>
        FailedRunGoesBackAsync(Index, format, "INDEX failing ON public.b (");

    /// <summary>A script with statements behind its rows, and without a manifest.</summary>
    private async Task<DatabaseBackup> ChangedAsync(string statements)
    {
        const string end = "--\n-- PostgreSQL database dump complete";
        var backup = await BackUpAsync(r => r with { Format = BackupFormat.Sql });
        var text = await File.ReadAllTextAsync(backup.Path);
        Assert.Contains(end, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(backup.Path, text.Replace(end, statements + end, StringComparison.Ordinal));
        File.Delete(backup.Path + ".manifest.json");
        return await Catalogue.FindAsync(backup.Path);
    }
}
