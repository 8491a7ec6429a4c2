using Migrations.Databases;
using Migrations.History;

namespace Migrations.Running;

/// <summary>Tells how the files of applied migrations differ from what was applied.</summary>
internal static class ChangeFinder
{
    /// <summary>Looks at every applied migration whose checksum differs. Only for these is a stored script read.</summary>
    public static async Task<IReadOnlyDictionary<MigrationKey, ScriptChange>> FindAsync(
        IReadOnlyList<Migration> migrations, HistoryView view, IHistoryStore history, ISqlDialect dialect, CancellationToken cancellationToken)
    {
        var changes = new Dictionary<MigrationKey, ScriptChange>();
        foreach (var migration in migrations)
        {
            if (view.Find(migration.Key)?.Applied is { Checksum: { } checksum } applied && !string.Equals(checksum, migration.Up.Checksum, StringComparison.Ordinal))
                changes[migration.Key] = await CompareAsync(migration.Up, applied, history, dialect, cancellationToken).ConfigureAwait(false);
        }

        return changes;
    }

    private static async Task<ScriptChange> CompareAsync(
        MigrationScript script, JournalEntry applied, IHistoryStore history, ISqlDialect dialect, CancellationToken cancellationToken)
    {
        if (script.Length > JournalRecorder.LongestStoredScript)
            return ScriptChange.Statement;
        var stored = await history.ReadScriptAsync(applied.Id, cancellationToken).ConfigureAwait(false);
        if (stored is null)
            return ScriptChange.Statement;
        var current = ScriptRedaction.Redact(dialect, ScriptText.ReadChecked(script));
        var change = ScriptComparison.Compare(dialect, ScriptRedaction.Redact(dialect, stored), current);
        // Equal once the secrets are masked, yet another checksum: it is the secret that was edited.
        return change == ScriptChange.None ? ScriptChange.Statement : change;
    }
}
