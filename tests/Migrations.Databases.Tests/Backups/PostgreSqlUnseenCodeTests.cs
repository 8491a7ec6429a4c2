using Migrations.Backup;
using Migrations.Events;
using Migrations.Planning;

namespace Migrations.Databases.Tests.Backups;

/// <summary>A backup of one's own goes back, whatever its schema executes; where that cannot be seen into, it must be accepted.</summary>
public sealed class PostgreSqlUnseenCodeTests() : BackupSuite(DatabaseKind.PostgreSql)
{
    private const string Function =
        "CREATE FUNCTION hidden(a int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ DECLARE r int; BEGIN EXECUTE "
        + "lower('SELECT ') || a INTO r; RETURN r; END $$;\n";

    private const string Trigger = """
        CREATE FUNCTION fired() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE lower('SELECT 1'); RETURN NEW; END $$;
        CREATE TRIGGER fired BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION fired();
        """;

    private const string EventTrigger = """
        CREATE FUNCTION watched() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE lower('SELECT 1'); END $$;
        CREATE EVENT TRIGGER watched ON ddl_command_start EXECUTE FUNCTION watched();
        """;

    private const string Default =
        Function
        + "CREATE TABLE d (x int, y int DEFAULT hidden(3) NOT NULL CHECK (y > 0)); ALTER TABLE d ALTER x SET DEFAULT "
        + "hidden(4); INSERT INTO d DEFAULT VALUES;";

    private BackupManager Accepting => new(Kind.Driver, Target(), Options with { AcceptUnseenCode = true });

    [Theory]
    [InlineData(Trigger, BackupFormat.Native)]
    [InlineData(Trigger, BackupFormat.Sql)]
    [InlineData(EventTrigger, BackupFormat.Native)]
    [InlineData(EventTrigger, BackupFormat.Sql)]
    [InlineData(Default, BackupFormat.Native)]
    [InlineData(Default, BackupFormat.Sql)]
    public async Task What_loading_does_not_run_needs_no_question(string make, BackupFormat format)
    {
        await FillAsync();
        await Database.ExecuteAsync(make);
        var before = await StateAsync();
        var backup = await BackUpAsync(r => r with { Format = format });
        Assert.Null(backup.UnseenCode);
        var proof = await VerifyAsync(backup);
        Assert.True(proof.Proven, Open(proof));
        await RestoreAsync(backup);
        Assert.Equal(before, await StateAsync());
    }

    [Theory]
    [InlineData("CREATE TABLE k (x int CHECK (hidden(x) > 0));", "TABLE k", BackupFormat.Native)]
    [InlineData("CREATE TABLE k (x int CHECK (hidden(x) > 0));", "CREATE TABLE public.k", BackupFormat.Sql)]
    [InlineData("CREATE INDEX by_hidden ON a (hidden(id));", "INDEX by_hidden", BackupFormat.Native)]
    [InlineData("CREATE DOMAIN checked AS int CHECK (hidden(VALUE) > 0);", "DOMAIN checked", BackupFormat.Directory)]
    [InlineData("CREATE MATERIALIZED VIEW seen AS SELECT hidden(1) AS x;", "seen", BackupFormat.Sql)]
    [InlineData(
        "CREATE TABLE g (x int, y int GENERATED ALWAYS AS (hidden(x)) STORED); INSERT INTO g VALUES (1);",
        "TABLE g",
        BackupFormat.Native
    )]
    public async Task What_loading_runs_is_named_and_must_be_accepted(string make, string named, BackupFormat format)
    {
        await FillAsync();
        await Database.ExecuteAsync(Function + make);
        var before = await StateAsync();
        var backup = await BackUpAsync(r => r with { Format = format, Jobs = format == BackupFormat.Directory ? 2 : 1 });
        var unseen = string.Join("; ", backup.UnseenCode!);
        Assert.Contains("the use of", unseen, StringComparison.Ordinal);
        Assert.Contains(
            Events.Of<WarningRaised>(),
            w =>
                w.Message.Contains("--accept-unseen-code", StringComparison.Ordinal) && w.Message.Contains(unseen, StringComparison.Ordinal)
        );

        var proof = await VerifyAsync(backup);
        Assert.False(proof.Proven);
        Assert.Equal(0, proof.Failed);
        Assert.Equal(CheckStatus.NotRun, StatusOf(proof, "restore"));
        var refused = await ThrowsAsync<MigrationException>(ErrorId.UnseenCode, () => RestoreAsync(backup));
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.Contains("--accept-unseen-code", refused.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, await StateAsync());

        var accepted = await new BackupVerifier(Kind.Driver, Options with { AcceptUnseenCode = true }).VerifyAsync(backup, Target());
        Assert.True(accepted.Proven, Open(accepted));
        await Accepting.RestoreAsync(accepted.Backup);
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task What_visibly_reaches_further_is_never_accepted()
    {
        await FillAsync();
        await Database.ExecuteAsync(
            Function
                + "CREATE FUNCTION far(a int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN IF a < 0 THEN PERFORM "
                + "lo_export(1, '/tmp/x'); END IF; RETURN a; END $$;"
                + "CREATE INDEX two ON a (hidden(id), far(id));"
        );
        var backup = await BackUpAsync();
        Assert.Contains(Events.Of<WarningRaised>(), w => w.Message.Contains("cannot be restored as it is", StringComparison.Ordinal));
        var refused = await ThrowsAsync<MigrationException>(ErrorId.BackupInvalid, () => Accepting.RestoreAsync(backup));
        Assert.Contains("the use of far", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BackupFormat.Native)]
    [InlineData(BackupFormat.Sql)]
    public async Task A_run_that_fails_goes_back_without_a_question(BackupFormat format)
    {
        await FillAsync();
        await Database.ExecuteAsync(Function + "CREATE TABLE k (x int CHECK (hidden(x) > 0)); INSERT INTO k VALUES (1);" + EventTrigger);
        var before = await StateAsync();
        Migration("004_broken", "-- Transaction: none\nCREATE TABLE extra (id integer);\nnonsense;\n");
        var request = new ApplyRequest
        {
            Backup = new BackupRequest { Folder = Backups, Format = format },
            RestoreOnFailure = true,
        };
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync(request));
        Assert.Contains("was restored", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Equal(before.Content, (await StateAsync()).Content);
    }
}
