using Migrations.Events;
using Migrations.Integrity;
using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>An undo is called proven only when schema and values come back; whatever does not is named.</summary>
public abstract class ProofConformance(DatabaseKind kind) : Conformance(kind)
{
    private const string Tables = """
        CREATE TABLE t (id integer PRIMARY KEY, name varchar(20), note varchar(20), amount numeric(10, 2));
        INSERT INTO t VALUES (1, 'Ann', 'a', 1.25), (2, 'Bob', 'b', 2.5);
        CREATE INDEX t_note ON t (note);
        CREATE VIEW v AS SELECT id, name FROM t;
        CREATE TABLE u (id integer PRIMARY KEY, ending varchar(9));
        INSERT INTO u VALUES (1, 'a'), (2, 'b'), (3, 'c');
        CREATE TABLE w (must integer NOT NULL DEFAULT 0, flag varchar(9) DEFAULT 'd');
        INSERT INTO w VALUES (1, 'f'), (2, 'd');
        CREATE TABLE s (x varchar(9), y varchar(9));
        INSERT INTO s VALUES ('1', '2');
        CREATE TABLE p (id integer);
        INSERT INTO p VALUES (1);
        CREATE TABLE q (id integer);
        INSERT INTO q VALUES (2);
        CREATE TABLE bare (id integer);
        CREATE TABLE watched (n integer);
        INSERT INTO watched VALUES (1);
        CREATE TABLE seen (n integer);

        """;

    protected override bool NeedsCopies => true;

    /// <summary>
    /// A trigger that writes each change of <c>watched</c> into <c>seen</c>, and what else the cases of this database start from.
    /// </summary>
    protected abstract string More { get; }

    public static TheoryData<string> Shared => ProofCase.Names(ProofCase.Shared);

    [Theory]
    [MemberData(nameof(Shared))]
    public Task Each_undo_gets_its_verdict(string name) => JudgesAsync(ProofCase.Shared.Single(c => c.Name == name));

    [Fact]
    public async Task Without_rows_what_can_change_values_is_proven_for_the_schema_only()
    {
        Migration("001_tables", "CREATE TABLE t (id integer PRIMARY KEY, name varchar(20));\n", "DROP TABLE t;\n");
        Migration("002_upper", "UPDATE t SET name = upper(name);\n", "UPDATE t SET name = lower(name);\n");
        await ApplyAsync(new ApplyRequest { First = 1 });
        await Database.ExecuteAsync("INSERT INTO t VALUES (1, 'Ann'), (2, 'Bob')");

        var without = Assert.Single((await RehearseAsync(new RehearsalRequest())).Results);
        Assert.Equal((UndoVerdict.SchemaOnly, null, true), (without.UndoVerdict, without.UndoProven, without.IsGood));
        var all = (await RehearseAsync(new RehearsalRequest { All = true })).Results;
        Assert.Equal([UndoVerdict.Proven, UndoVerdict.SchemaOnly], all.Select(r => r.UndoVerdict));

        await ApplyAsync();
        var refused = await ThrowsAsync<PlanException>(ErrorId.UndoUnproven, () => UndoAsync(new UndoRequest { RequireProven = true }));
        Assert.Contains("--schema-only", refused.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Equal(UndoVerdict.SchemaOnly, (await StatusOfAsync("002_upper")).UndoVerdict);
        await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => UndoAsync(new UndoRequest { SchemaOnly = true }));
        await UndoAsync(new UndoRequest { RequireProven = true, SchemaOnly = true });

        await Database.ExecuteAsync("UPDATE t SET name = 'Ann' WHERE id = 1");
        await Database.ExecuteAsync("UPDATE t SET name = 'Bob' WHERE id = 2");
        var with = Assert.Single((await RehearseAsync(new RehearsalRequest { WithData = true })).Results);
        Assert.Equal((UndoVerdict.ValuesDiffer, false, false), (with.UndoVerdict, with.UndoProven, with.IsGood));
        Assert.Matches("^values differ in (public[.])?t: 2 rows$", Assert.Single(with.ValueDifferences).ToString());
    }

    [Fact]
    public async Task An_undo_that_is_known_to_be_bad_is_called_that()
    {
        Migration("001_a", "CREATE TABLE a (id integer);\n", "SELECT 1;\n");
        await ApplyAsync();
        await RehearseAsync(new RehearsalRequest { All = true, Record = true });

        Assert.Equal(UndoVerdict.SchemaDiffers, (await StatusOfAsync("001_a")).UndoVerdict);
        var refused = await ThrowsAsync<PlanException>(
            ErrorId.UndoUnproven,
            () => UndoAsync(new UndoRequest { RequireProven = true, SchemaOnly = true })
        );
        Assert.Contains("does not restore the schema", refused.Message, StringComparison.Ordinal);
        var history = await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.History] });
        Assert.Equal((CheckStatus.Warn, "001_a"), history.Where(c => c.Name == "undo-bad").Select(c => (c.Status, c.Actual)).Single());
        await UndoAsync();
        Assert.Contains(
            Events.Of<WarningRaised>(),
            w => w.Message.Contains("A rehearsal found a fault in the undo of 001_a", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_order_of_columns_is_a_verdict_of_its_own_and_counts_as_proven()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY, x text, y text);\n", "DROP TABLE a;\n");
        Migration("002_b", "ALTER TABLE a DROP COLUMN x;\n", "ALTER TABLE a ADD COLUMN x text;\n");
        Migration("003_by_place", "CREATE TABLE b AS SELECT * FROM a;\n", "DROP TABLE b;\n");
        await ApplyAsync();

        var results = (await RehearseAsync(new RehearsalRequest { All = true })).Results;

        Assert.Equal([UndoVerdict.Proven, UndoVerdict.SameButColumnOrder, UndoVerdict.Proven], results.Select(r => r.UndoVerdict));
        Assert.True(Assert.Single(results[1].Differences).IsColumnOrder);
        await UndoAsync(new UndoRequest { RequireProven = true, Last = 2 });
    }

    [Theory]
    [InlineData("SELECT 1", "undo proven for the schema only, but the order of columns changes: there were no rows to compare")]
    [InlineData("INSERT INTO a (id, y) VALUES (1, 'y')", "undo proven, but the order of columns changes")]
    public async Task Whether_rows_were_compared_stands_beside_the_order_of_columns(string rows, string message)
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY, x text, y text);\n", "DROP TABLE a;\n");
        await ApplyAsync();
        await Database.ExecuteAsync(rows);
        Migration("002_b", "ALTER TABLE a DROP COLUMN x;\n", "ALTER TABLE a ADD COLUMN x text;\n");

        var result = Assert.Single((await RehearseAsync(new RehearsalRequest { WithData = true })).Results);

        Assert.Equal((UndoVerdict.SameButColumnOrder, message), (result.UndoVerdict, result.UndoMessage));
    }

    [Fact]
    public async Task What_cannot_be_kept_is_shown_all_the_same()
    {
        ThreeTables();
        Directory.CreateDirectory(FileOf(RehearsalVerdicts.FileName + ".tmp"));

        var report = await RehearseAsync(new RehearsalRequest());

        Assert.Equal(3, report.Results.Count);
        Assert.Equal(ErrorId.FileUnreadable, report.NotKept?.Id);
    }

    [Fact]
    public async Task A_script_that_was_never_written_is_no_good_migration()
    {
        ThreeTables();
        Write("004_later.up.sql", "-- Migration: later\n-- Created: 2026-01-02\n");
        await ApplyAsync(new ApplyRequest { Target = "003" });

        var result = Assert.Single((await RehearseAsync(new RehearsalRequest())).Results);

        var refused = await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => ApplyAsync());
        Assert.Equal((false, false, refused.Message), (result.Applies, result.IsGood, result.Failure?.Message));
    }

    [Fact]
    public async Task That_every_undo_is_proven_needs_one()
    {
        Migration("001_a", "CREATE TABLE a (id integer);\n");
        await ApplyAsync();

        Assert.Equal((CheckStatus.Warn, CheckStatus.NotRun), await UndosAsync());
        Migration("001_a", "CREATE TABLE a (id integer);\n", "DROP TABLE a;\n");
        Assert.Equal((CheckStatus.Pass, CheckStatus.Warn), await UndosAsync());
        await RehearseAsync(new RehearsalRequest { All = true });
        Assert.Equal((CheckStatus.Pass, CheckStatus.Pass), await UndosAsync());

        async Task<(CheckStatus Missing, CheckStatus Unproven)> UndosAsync()
        {
            var answers = (await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.History] })).ToDictionary(
                c => c.Name,
                c => c.Status
            );
            return (answers["undo-missing"], answers["undo-unproven"]);
        }
    }

    /// <summary>Rehearses an undo on rows, and compares what is said of it.</summary>
    private protected async Task JudgesAsync(ProofCase wanted)
    {
        Migration("001_tables", Tables + More, "SELECT 1;\n");
        Migration("002_case", wanted.Up + "\n", wanted.Down + "\n");
        await ApplyAsync(new ApplyRequest { First = 1 });

        var result = Assert.Single((await RehearseAsync(new RehearsalRequest { WithData = true })).Results);

        var said =
            result.UndoProven == false
                ? result.Fault!
                : string.Join(", ", result.ValuesCompared.Select(t => $"{t.Table.Split('.')[^1]} {t.Rows}"));
        Assert.True(result.UndoVerdict == wanted.Verdict, $"{result.UndoVerdict} is not {wanted.Verdict}: {said}{result.Failure?.Message}");
        Assert.Contains(wanted.Mention, said.Replace("public.", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private protected Task<RehearsalReport> RehearseAsync(RehearsalRequest request) =>
        new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync(request);
}
