using Migrations.History;
using Migrations.Planning;

namespace Migrations.Running;

/// <summary>What a repair is about: one migration, of the folder or of the history alone, or all. Pure.</summary>
internal sealed class RepairSelection
{
    private readonly Migration? _migration;
    private readonly HistoryRecord? _missing;

    /// <summary>Finds what the request names.</summary>
    /// <exception cref="PlanException">The folder is another one, what is named is another migration than was applied, or no migration has
    /// that name.</exception>
    public RepairSelection(PlanningInput input, RepairRequest request)
    {
        if (request.Name is not { } name)
        {
            if (FolderIdentity.OtherFolder(input) is { } other)
                throw other;
            return;
        }

        _missing =
            input.Missing.FirstOrDefault(r => string.Equals(r.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? (request.RemoveMissing ? MissingVersion(input, name) : null);
        if (_missing is null)
            (_migration, _missing) = FindInFolder(input, name);
        var replaced = input
            .Match.Replaced.Where(r => r.Migration.Key == _migration?.Key || (r.Record.Key == _missing?.Key && !request.RemoveMissing))
            .ToList();
        if (replaced.Count > 0)
            throw FolderIdentity.Replaced(input, replaced);
    }

    private bool IsAll => _migration is null && _missing is null;

    /// <summary>Whether it is about this migration of the folder.</summary>
    public bool Has(Migration migration) => IsAll || migration.Key == _migration?.Key;

    /// <summary>Whether it is about this migration of the history.</summary>
    public bool Has(HistoryRecord missing) => IsAll || missing.Key == _missing?.Key;

    /// <summary>
    /// The renumbered ones that it is about, with those whose old version one of them now has: neither can be recorded without the other.
    /// </summary>
    /// <exception cref="PlanException">The new version is that of another migration that was applied.</exception>
    public IReadOnlyList<RenamedMigration> Renumbered(PlanningInput input)
    {
        var all = input.Match.Renamed.Where(r => r.IsRenumbered).ToList();
        var chosen = all.Where(r => Has(r.Migration)).Select(r => r.Migration.Key).ToHashSet();
        // The one whose old version is the new version of a chosen one goes with it, and so on.
        while (all.Find(r => chosen.Contains(r.Record.Key) && !chosen.Contains(r.Migration.Key)) is { } next)
            chosen.Add(next.Migration.Key);
        var taken = input.Match.Replaced.Where(r => chosen.Contains(r.Migration.Key)).ToList();
        return taken.Count == 0 ? [.. all.Where(r => chosen.Contains(r.Migration.Key))] : throw FolderIdentity.Replaced(input, taken);
    }

    private static (Migration? Migration, HistoryRecord? Missing) FindInFolder(PlanningInput input, string name)
    {
        try
        {
            return (MigrationResolver.Find(input.Migrations, name), null);
        }
        catch (PlanException) when (MissingVersion(input, name) is not null)
        {
            return (null, MissingVersion(input, name));
        }
    }

    private static HistoryRecord? MissingVersion(PlanningInput input, string name) =>
        MigrationVersion.TryParse(name, out var version) ? input.Missing.FirstOrDefault(r => r.Version == version) : null;
}
