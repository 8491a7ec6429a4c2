using Migrations.Core.Tests.Folders;
using Migrations.Core.Tests.Planning;
using Migrations.History;
using Migrations.Planning;
using Xunit;

namespace Migrations.Core.Tests.Integrity;

public sealed class RehearsalVerdictTests : IDisposable
{
    private static readonly Migration One = Journal.Migration("001_one");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_kept_is_read_again_and_others_stay()
    {
        RehearsalVerdicts.Write(_folder.Path, [KeyValuePair.Create("002_two", Verdict("b", proven: false))]);
        RehearsalVerdicts.Write(_folder.Path, [KeyValuePair.Create("001_one", Verdict("a", proven: true))]);

        Assert.Equal(
            [("001_one", UndoVerdict.Proven), ("002_two", UndoVerdict.ValuesDiffer)],
            RehearsalVerdicts.Read(_folder.Path).Select(v => (v.Key, v.Value.Verdict))
        );
        Assert.Equal([true, false], RehearsalVerdicts.Read(_folder.Path).Select(v => v.Value.UndoProven));
    }

    [Theory]
    [InlineData("true", UndoVerdict.SchemaOnly)]
    [InlineData("false", UndoVerdict.SchemaDiffers)]
    public void What_an_earlier_version_kept_says_no_more_than_was_looked_at(string proven, UndoVerdict verdict)
    {
        var checksum = RehearsalVerdict.ChecksumOf(One);
        File.WriteAllText(
            Path.Combine(_folder.Path, RehearsalVerdicts.FileName),
            $$"""{ "001_one": { "checksum": "{{checksum}}", "undoProven": {{proven}}, "rehearsedAt": "2026-01-02T03:04:05+00:00" } }"""
        );

        Assert.Equal(verdict, RehearsalVerdicts.Read(_folder.Path)["001_one"].Verdict);
        var journal = new Journal().Add(
            "001_one",
            JournalEvent.Rehearsed,
            MigrationDirection.Down,
            checksum: checksum,
            success: verdict == UndoVerdict.SchemaOnly
        );
        Assert.Equal(verdict, Journal.Input(journal, One).VerdictOf(One));
    }

    [Fact]
    public void A_malformed_file_is_named()
    {
        File.WriteAllText(Path.Combine(_folder.Path, RehearsalVerdicts.FileName), "[1");

        var error = Assert.Throws<MigrationException>(() => RehearsalVerdicts.Read(_folder.Path));

        Assert.Equal(ErrorId.FileUnreadable, error.Id);
        Assert.Contains(RehearsalVerdicts.FileName, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_verdict_counts_only_for_the_scripts_that_were_rehearsed()
    {
        var input = Journal.Input(new Journal(), One) with { Verdicts = Kept(RehearsalVerdict.ChecksumOf(One)) };

        Assert.Equal(UndoVerdict.Proven, input.VerdictOf(One));
        Assert.Equal(UndoVerdict.NotRun, input.VerdictOf(Journal.Migration("001_one", checksum: "edited")));
        Assert.Equal(UndoVerdict.NotRun, Journal.Input(new Journal(), One).VerdictOf(One));
        Assert.Equal(UndoVerdict.None, input.VerdictOf(Journal.Migration("001_one", down: false)));
    }

    [Fact]
    public void A_verdict_in_the_history_counts_too()
    {
        var journal = new Journal().Add(
            "001_one",
            JournalEvent.Rehearsed,
            MigrationDirection.Down,
            checksum: RehearsalVerdict.ChecksumOf(One),
            success: false
        );

        Assert.Equal(UndoVerdict.SchemaDiffers, Journal.Input(journal, One).VerdictOf(One));
        Assert.Single(ApplyPlanner.Plan(Journal.Input(journal, One), new ApplyRequest()).Steps);
    }

    [Fact]
    public void Only_a_proven_undo_is_planned_when_that_is_asked_for()
    {
        var input = Journal.Input(new Journal().Add("001_one", JournalEvent.Applied), One);

        var error = Assert.Throws<PlanException>(() => UndoPlanner.Plan(input, new UndoRequest { RequireProven = true }));

        Assert.Equal(ErrorId.UndoUnproven, error.Id);
        Assert.Equal(["001_one"], error.Migrations);
        Assert.Contains("001_one", Assert.Single(UndoPlanner.Plan(input, new UndoRequest()).Warnings).ToString(), StringComparison.Ordinal);
        var proven = UndoPlanner.Plan(
            input with
            {
                Verdicts = Kept(RehearsalVerdict.ChecksumOf(One)),
            },
            new UndoRequest { RequireProven = true }
        );
        Assert.Empty(proven.Warnings);
        Assert.Single(proven.Steps);
    }

    private static Dictionary<string, RehearsalVerdict> Kept(string checksum) =>
        new(StringComparer.Ordinal) { ["001_one"] = Verdict(checksum, proven: true) };

    private static RehearsalVerdict Verdict(string checksum, bool proven) =>
        new(checksum, proven, DateTimeOffset.UnixEpoch, proven ? UndoVerdict.Proven : UndoVerdict.ValuesDiffer);
}
