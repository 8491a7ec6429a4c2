using Migrations.Core.Tests.Planning;
using Migrations.History;
using Xunit;

namespace Migrations.Core.Tests.History;

public class HistoryViewTests
{
    private static readonly MigrationKey Key = MigrationKey.Of(MigrationVersion.Parse("1"));

    [Fact]
    public void An_interrupted_statement_is_undecided_until_something_decides_it()
    {
        var journal = new Journal()
            .Add("001_x", JournalEvent.Started, statement: 0)
            .Add("001_x", JournalEvent.Progress, statement: 0, checksum: "a")
            .Add("001_x", JournalEvent.Started, statement: 1);
        Assert.Equal(1, Resume(journal)!.Undecided);
        Assert.Equal(["a"], Resume(journal)!.Completed);

        journal.Add("001_x", JournalEvent.Repaired, statement: 1, checksum: "b", success: true);
        Assert.Null(Resume(journal)!.Undecided);
        Assert.Equal(["a", "b"], Resume(journal)!.Completed);

        journal.Add("001_x", JournalEvent.Started, statement: 2).Add("001_x", JournalEvent.Failed, statement: 2);
        Assert.Null(Resume(journal)!.Undecided);
        Assert.NotNull(journal.View.Find(Key)!.Failure);

        journal.Add("001_x", JournalEvent.Applied);
        Assert.Null(Resume(journal));
        Assert.Null(journal.View.Find(Key)!.Failure);
    }

    [Fact]
    public void Clearing_a_failure_makes_no_application_younger_than_an_undo()
    {
        var journal = new Journal()
            .Add("R__v", JournalEvent.Applied)
            .Add("001_x", JournalEvent.Applied)
            .Add("001_x", JournalEvent.RolledBack, MigrationDirection.Down)
            .Add("R__v", JournalEvent.Failed)
            .Add("R__v", JournalEvent.Repaired);
        Assert.Null(journal.View.Find(MigrationKey.Of("R__v"))!.Failure);
        Assert.True(Journal.Input(journal, Journal.Migration("R__v")).IsPending(Journal.Migration("R__v")));
    }

    [Fact]
    public void A_failure_without_a_statement_decides_nothing()
    {
        var journal = new Journal().Add("001_x", JournalEvent.Started, statement: 0).Add("001_x", JournalEvent.Failed);
        Assert.Equal(0, Resume(journal)!.Undecided);
    }

    [Fact]
    public void Clearing_a_failure_keeps_the_place_to_resume_at()
    {
        var journal = new Journal()
            .Add("001_x", JournalEvent.Started, statement: 0)
            .Add("001_x", JournalEvent.Progress, statement: 0, checksum: "a")
            .Add("001_x", JournalEvent.Failed, statement: 1)
            .Add("001_x", JournalEvent.Repaired, MigrationDirection.Down);
        Assert.Null(journal.View.Find(Key)!.Failure);
        Assert.Equal(["a"], Resume(journal)!.Completed);
    }

    [Fact]
    public void An_accepted_edit_keeps_its_place_in_the_order_of_application()
    {
        var journal = new Journal()
            .Add("001_x", JournalEvent.Applied)
            .Add("002_y", JournalEvent.Applied)
            .Add("001_x", JournalEvent.Repaired, checksum: "new");
        Assert.Equal(["001_x", "002_y"], journal.View.Applied.Select(r => r.Name));
        Assert.Equal("new", journal.View.Find(Key)!.Applied!.Checksum);
    }

    [Fact]
    public void A_forgotten_migration_is_no_longer_applied()
    {
        var journal = new Journal().Add("001_x", JournalEvent.Applied).Add("001_x", JournalEvent.Repaired, MigrationDirection.Down);
        Assert.Empty(journal.View.Applied);
    }

    [Fact]
    public void Rows_of_other_services_do_not_count()
    {
        var entries = new Journal().Add("001_x", JournalEvent.Applied).Entries.Select(e => e with { Service = "api" }).ToList();
        Assert.Empty(HistoryView.From(entries, service: null, identityByName: false).Applied);
        Assert.Single(HistoryView.From(entries, "api", identityByName: false).Applied);
        Assert.Equal(1, HistoryView.From(entries, service: null, identityByName: false).LastId);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("staging", "staging")]
    [InlineData("production", "staging", "production")]
    [InlineData(null, "staging", "-staging")]
    [InlineData("staging", "staging", "-staging", "staging")]
    public void The_last_stamp_counts_whatever_service_asks(string? expected, params string[] stamps)
    {
        var journal = new Journal().Add("001_x", JournalEvent.Applied);
        foreach (var stamp in stamps)
            journal.Add(
                stamp.TrimStart('-'),
                JournalEvent.Stamped,
                stamp.StartsWith('-') ? MigrationDirection.Down : MigrationDirection.Up
            );
        foreach (var service in new[] { null, "api" })
        {
            var view = HistoryView.From(journal.Entries, service, identityByName: false);
            Assert.Equal(expected, view.Stamp);
            Assert.Equal(service is not null, view.IsShared);
            Assert.Equal(service is null ? 1 : 0, view.Records.Count);
        }
    }

    private static ResumePoint? Resume(Journal journal) => journal.View.Find(Key)!.Resume;
}
