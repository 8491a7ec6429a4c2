using Migrations.History;
using Migrations.Planning;

namespace Migrations.Running;

/// <summary>Assigns the rows of migrations that belong to no service to one. Those rows stay as they are.</summary>
/// <param name="input">Folder and history.</param>
/// <param name="target">The database as shown to people.</param>
/// <param name="folder">The service's migration folder.</param>
/// <param name="recorder">Makes the rows.</param>
internal sealed class ServiceRepair(PlanningInput input, DatabaseTarget target, string folder, JournalRecorder recorder)
{
    /// <summary>What would be assigned: of the migrations in the folder, or of the one that is named.</summary>
    /// <exception cref="PlanException"><see cref="ErrorId.RepairNotNeeded"/>: no row is.</exception>
    public IReadOnlyList<RepairStep> Plan(string service, string? name)
    {
        var groups = input.History.Unassigned.GroupBy(e => (e.Version, e.Name)).Select(g => g.ToList()).ToList();
        var chosen = groups.Where(rows => name is null ? rows.Exists(IsInFolder) : IsNamed(rows[0], name)).ToList();
        return chosen.Count > 0 ? [.. chosen.Select(rows => Step(service, rows))] : throw Nothing(service, groups, name);
    }

    private RepairStep Step(string service, List<JournalEntry> rows)
    {
        var last = rows[^1];
        var compared =
            $"Assigned to '{service}', with what the history says of it since {RepairText.At(rows[0])}; "
            + (
                rows.Exists(HasScriptOfFolder) ? "its script is in the folder."
                : rows.Exists(IsInFolder) ? "its script in the folder is another."
                : "it is not in the folder."
            );
        var entry = recorder.Assigned(last, service) with { ErrorMessage = compared };
        var version = MigrationVersion.TryParse(last.Version, out var parsed) ? parsed : null;
        return new RepairStep(
            new RepairResult(target.Display, version, last.Name, "Unassigned", compared)
            {
                Target = target,
                Service = service,
                Path = folder,
            },
            entry
        );
    }

    private bool IsInFolder(JournalEntry entry) =>
        HasScriptOfFolder(entry)
        || input.Migrations.Any(m => HistoryMatch.NameAgrees(m.FullName, entry.Name) && m.Version == VersionOf(entry));

    private bool HasScriptOfFolder(JournalEntry entry) =>
        entry.Checksum is { } checksum && input.Migrations.Any(m => string.Equals(m.Up.Checksum, checksum, StringComparison.Ordinal));

    private static bool IsNamed(JournalEntry entry, string name) =>
        string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase)
        || (MigrationVersion.TryParse(name, out var version) && version == VersionOf(entry));

    private static MigrationVersion? VersionOf(JournalEntry entry) =>
        MigrationVersion.TryParse(entry.Version, out var version) ? version : null;

    private static PlanException Nothing(string service, List<List<JournalEntry>> groups, string? name) =>
        new(
            ErrorId.RepairNotNeeded,
            name is not null ? $"The history has no row of '{name}' without a service."
                : groups.Count == 0 ? "Every row of the history has its service."
                : $"No migration of the folder is without a service. Others are: {string.Join(", ", groups.Select(g => g[0].Name))}.",
            name is null && groups.Count > 0
                ? Advice.Of(
                    $"Assign one that is missing from the folder by its name: "
                        + $"{Call.Repair.On(groups[0][0].Name).With(CallOption.AssignService.Of(service))}"
                )
                : $"'{Call.History}' shows each row with its service.",
            []
        );
}
