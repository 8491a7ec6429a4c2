using Migrations.Databases;
using Migrations.Folders;
using Migrations.History;
using Migrations.Integrity;
using Migrations.Planning;

namespace Migrations.Running;

/// <summary>Gathers all that planning looks at, from the folder and from the database's history.</summary>
internal static class PlanningInputReader
{
    /// <summary>Reads the history through a session, and compares edited scripts with what was applied.</summary>
    public static async Task<PlanningInput> ReadAsync(
        IDatabaseSession session, ISqlDialect dialect, MigrationFolder folder, MigratorOptions options, CancellationToken cancellationToken)
    {
        var entries = await session.History.ReadAsync(cancellationToken).ConfigureAwait(false);
        var input = Of(folder, entries, options);
        input = input with { OpenForeignKeys = await FindOpenKeysAsync(session.Inspector, input, cancellationToken).ConfigureAwait(false) };
        return input with { Changes = await ChangeFinder.FindAsync(folder.Migrations, input.History, session.History, dialect, cancellationToken).ConfigureAwait(false) };
    }

    private static async Task<IReadOnlyDictionary<MigrationKey, IReadOnlyList<string>>> FindOpenKeysAsync(
        IDatabaseInspector inspector, PlanningInput input, CancellationToken cancellationToken)
    {
        var windows = KeyWindow.OpenIn(input);
        if (windows.Count == 0)
            return input.OpenForeignKeys;
        var open = await inspector.FindOpenForeignKeysAsync(cancellationToken).ConfigureAwait(false);
        return windows.ToDictionary(w => w.Opened.Key, _ => open);
    }

    /// <summary>The input for a history that was read; a database that does not exist yet has none.</summary>
    public static PlanningInput Of(MigrationFolder folder, IReadOnlyList<JournalEntry> entries, MigratorOptions options) => new()
    {
        Migrations = folder.Migrations,
        History = HistoryView.From(entries, options.Service, options.Folder.IdentityByName),
        Environment = options.Environment,
        Verdicts = RehearsalVerdicts.Read(folder.Path),
    };
}
