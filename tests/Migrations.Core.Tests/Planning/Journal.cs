using Migrations.History;
using Migrations.Planning;

namespace Migrations.Core.Tests.Planning;

/// <summary>Makes folders and histories for planning tests, and plays plans into a history as a run would.</summary>
internal sealed class Journal
{
    private readonly List<JournalEntry> _entries = [];

    public IReadOnlyList<JournalEntry> Entries => _entries;

    public HistoryView View => HistoryView.From(_entries, service: null, identityByName: false);

    public static Migration Migration(string fullName, bool down = true, MigrationHeader? header = null, string? checksum = null)
    {
        var repeatable = fullName.StartsWith("R__", StringComparison.Ordinal);
        var version = repeatable ? null : MigrationVersion.Parse(fullName.Split('_')[0]);
        return new Migration
        {
            Key = version is null ? MigrationKey.Of(fullName) : MigrationKey.Of(version),
            Version = version,
            Name = repeatable ? fullName[3..] : fullName[(fullName.IndexOf('_', StringComparison.Ordinal) + 1)..],
            FullName = fullName,
            Layout = repeatable ? MigrationLayout.Versioned : MigrationLayout.DownSuffix,
            Up = Script(fullName + ".sql", checksum ?? "sum-" + fullName, header),
            Down = down ? Script(fullName + ".down.sql", "down-" + fullName, header: null) : null,
        };
    }

    public static PlanningInput Input(Journal journal, params Migration[] migrations) =>
        new() { Migrations = migrations, History = journal.View };

    public Journal Add(
        string name,
        JournalEvent what,
        MigrationDirection direction = MigrationDirection.Up,
        int? statement = null,
        string? checksum = null,
        bool? success = null,
        string? error = null
    )
    {
        _entries.Add(
            new JournalEntry
            {
                Id = _entries.Count + 1,
                RunId = Guid.Empty,
                Version = name.StartsWith("R__", StringComparison.Ordinal) ? null : name.Split('_')[0],
                Name = name,
                Direction = direction,
                Event = what,
                Checksum = checksum ?? "sum-" + name,
                AppliedBy = "tester",
                Host = "here",
                Success = success ?? what != JournalEvent.Failed,
                StatementIndex = statement,
                ErrorMessage = error,
                ToolVersion = "test",
            }
        );
        return this;
    }

    public Journal Play(MigrationPlan plan)
    {
        foreach (var step in plan.Steps)
            Add(
                step.Migration.FullName,
                step.Direction == MigrationDirection.Up ? JournalEvent.Applied : JournalEvent.RolledBack,
                step.Direction
            );
        return this;
    }

    private static MigrationScript Script(string file, string checksum, MigrationHeader? header) =>
        new()
        {
            File = file,
            Offset = 0,
            Length = 10,
            Checksum = checksum,
            IsEmpty = false,
            Header = header ?? MigrationHeader.Empty,
        };
}
