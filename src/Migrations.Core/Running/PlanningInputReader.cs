using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Folders;
using Migrations.Foreign;
using Migrations.History;
using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Running;

/// <summary>Gathers all that planning looks at, from the folder and from the database's history.</summary>
internal static class PlanningInputReader
{
    /// <summary>Reads the history through a session, and compares edited scripts with what was applied.</summary>
    public static async Task<PlanningInput> ReadAsync(
        IDatabaseSession session,
        ISqlDialect dialect,
        MigrationFolder folder,
        MigratorOptions options,
        CancellationToken cancellationToken
    )
    {
        var entries = await session.History.ReadAsync(cancellationToken).ConfigureAwait(false);
        var input = Of(folder, entries, options);
        if (!entries.Any(e => e.IsOfMigration))
            input = input with { Foreign = await ForeignHistoryFinder.FindAsync(session.Foreign, cancellationToken).ConfigureAwait(false) };
        // What was applied before the service had a name was applied where that history says.
        var owner = input.History.HasOwnRows || input.History.Applied.Count == 0 ? options.Service : null;
        await session.History.CheckSchemaAsync(owner, input.History.Applied.Count > 0, cancellationToken).ConfigureAwait(false);
        input = input with { OpenForeignKeys = await FindOpenKeysAsync(session.Inspector, input, cancellationToken).ConfigureAwait(false) };
        var changes = new ChangeFinder(session.History, dialect);
        input = input with { Changes = await changes.FindAsync(input.Migrations, input.History, cancellationToken).ConfigureAwait(false) };
        if (input.Match.Missing.Count > 0)
            input = input with { Renumbered = await changes.FindRenumberedAsync(input, cancellationToken).ConfigureAwait(false) };
        input = input with
        {
            ServiceProblem = new ServiceIdentity(input, entries, options.Folder.IdentityByName).Find(options.Service, options.Unassigned),
        };
        if (input.History.IsShared && (input.History.Records.Count == 0 || input.Match.IsOtherFolder))
            input = input with { OtherService = FindService(folder, entries, options.Service) };
        return folder.IsOnDisk && (input.Match is { IsOtherFolder: true } or { Replaced.Count: > 0 })
            ? input with
            {
                BetterFolder = FolderNeighbours.FindBetter(folder.Path, input.History.Applied.Select(r => r.Name)),
            }
            : input;
    }

    private static string? FindService(MigrationFolder folder, IReadOnlyList<JournalEntry> entries, string? own)
    {
        var names = folder.Migrations.Select(m => m.FullName).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return ServiceAssignment
            .Resolve(entries)
            .Where(e =>
                e.Event == JournalEvent.Applied && names.Contains(e.Name) && !string.Equals(e.Service, own, StringComparison.Ordinal)
            )
            .GroupBy(e => e.Service ?? "", StringComparer.Ordinal)
            .OrderByDescending(g => g.Count())
            .ThenBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => g.Key)
            .FirstOrDefault();
    }

    private static async Task<IReadOnlyDictionary<MigrationKey, IReadOnlyList<string>>> FindOpenKeysAsync(
        IDatabaseInspector inspector,
        PlanningInput input,
        CancellationToken cancellationToken
    )
    {
        var windows = KeyWindow.OpenIn(input);
        if (windows.Count == 0)
            return input.OpenForeignKeys;
        var open = await inspector.FindOpenForeignKeysAsync(cancellationToken).ConfigureAwait(false);
        return windows.ToDictionary(w => w.Opened.Key, _ => open);
    }

    /// <summary>The input for a history that was read; a database that does not exist yet has none.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.FolderEmpty"/>: neither the folder nor the history has a
    /// migration.</exception>
    public static PlanningInput Of(MigrationFolder folder, IReadOnlyList<JournalEntry> entries, MigratorOptions options)
    {
        if (folder.IsEmpty && !entries.Any(e => e.IsOfMigration) && !options.Folder.AllowEmpty)
            throw MissingFolder.Empty(folder);
        var history = HistoryView.From(
            entries,
            options.Service,
            options.Folder.IdentityByName,
            options is { Service: not null, Unassigned: UnassignedRows.Own }
        );
        var reading = SquashReading.Of(folder, history);
        return new PlanningInput
        {
            Migrations = reading.Migrations,
            Squashes = reading.Uses,
            History = reading.History,
            Environment = options.Environment,
            Folder = folder.Path,
            Verdicts = folder.IsOnDisk
                ? RehearsalVerdicts.Read(folder.Path)
                : new Dictionary<string, RehearsalVerdict>(StringComparer.Ordinal),
        };
    }
}
