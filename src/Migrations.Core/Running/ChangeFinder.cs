using Migrations.Databases;
using Migrations.Folders;
using Migrations.History;
using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Running;

/// <summary>Compares the files of applied migrations with what was applied.</summary>
/// <param name="history">Holds the scripts that were applied.</param>
/// <param name="dialect">How they are read.</param>
internal sealed class ChangeFinder(IHistoryStore history, ISqlDialect dialect)
{
    /// <summary>Looks at every applied migration whose checksum differs. Only for these is a stored script read.</summary>
    public async Task<IReadOnlyDictionary<MigrationKey, ScriptChange>> FindAsync(
        IReadOnlyList<Migration> migrations,
        HistoryView view,
        CancellationToken cancellationToken
    )
    {
        var changes = new Dictionary<MigrationKey, ScriptChange>();
        foreach (var migration in migrations)
        {
            if (
                view.Find(migration.Key)?.Applied is { Checksum: { } checksum } applied
                && migration.Up.Checksum.Length > 0
                && !string.Equals(checksum, migration.Up.Checksum, StringComparison.Ordinal)
            )
                changes[migration.Key] = await CompareAsync(migration.Up, applied, cancellationToken).ConfigureAwait(false);
        }

        return changes;
    }

    /// <summary>
    /// Among applied migrations without a file, those whose statements are in a file of the same name under another version: renumbered,
    /// and edited in comments or white space besides.
    /// </summary>
    public async Task<IReadOnlyDictionary<MigrationKey, MigrationKey>> FindRenumberedAsync(
        PlanningInput input,
        CancellationToken cancellationToken
    )
    {
        var renumbered = new Dictionary<MigrationKey, MigrationKey>();
        var match = input.Match;
        var loose = input.Migrations.Where(match.IsLoose).ToLookup(m => HistoryMatch.Words(m.FullName), StringComparer.Ordinal);
        foreach (var record in match.Missing.Where(r => r.Version is not null && HistoryMatch.Words(r.Name).Length > 0))
        {
            foreach (var migration in loose[HistoryMatch.Words(record.Name)])
            {
                if (await CompareAsync(migration.Up, record.Applied!, cancellationToken).ConfigureAwait(false) == ScriptChange.Statement)
                    continue;
                renumbered.TryAdd(migration.Key, record.Key);
                break;
            }
        }

        return renumbered;
    }

    /// <summary>How a script differs from what was applied, or was run.</summary>
    public async Task<ScriptChange> CompareAsync(MigrationScript script, JournalEntry applied, CancellationToken cancellationToken)
    {
        if (script.Length > JournalRecorder.LongestStoredScript)
            return ScriptChange.Statement;
        var stored = await history.ReadScriptAsync(applied.Id, cancellationToken).ConfigureAwait(false);
        if (stored is null)
            return ScriptChange.Statement;
        if (script.Code is not null)
            return PowerShellText.IsSame(stored, ScriptText.ReadChecked(script)) ? ScriptChange.Cosmetic : ScriptChange.Statement;
        var current = ScriptRedaction.Redact(dialect, ScriptText.ReadChecked(script));
        var change = ScriptComparison.Compare(dialect, ScriptRedaction.Redact(dialect, stored), current);
        // Equal once the secrets are masked, yet another checksum: it is the secret that was edited.
        return change == ScriptChange.None ? ScriptChange.Statement : change;
    }
}
