using Migrations.History;

namespace Migrations.Planning;

/// <summary>
/// Says which migration of the folder is which of the history. They are the same when both version and name agree, or when the script does:
/// a file that was renamed or renumbered is still what ran, and another script under the same version is another migration, not an edit.
/// Pure.
/// </summary>
public sealed class HistoryMatch
{
    private readonly HistoryView _history;
    private readonly Dictionary<MigrationKey, HistoryRecord> _records = [];
    private readonly Dictionary<MigrationKey, Migration> _files = [];
    private readonly Dictionary<MigrationKey, ScriptChange> _changes = [];

    /// <summary>Matches them.</summary>
    internal HistoryMatch(PlanningInput input)
    {
        _history = input.History;
        foreach (var migration in input.Migrations)
            MatchByKey(migration, input.Changes.GetValueOrDefault(migration.Key));
        MatchByScript(input);
        Missing = [.. _history.Applied.Where(r => !_files.ContainsKey(r.Key) && !input.Squashes.Any(u => u.Has(r)))];
        Renamed =
        [
            .. input
                .Migrations.Where(m => !m.IsRepeatable && _records.ContainsKey(m.Key))
                .Select(m => new RenamedMigration(m, _records[m.Key]))
                .Where(IsRenamed),
        ];
        Replaced = Missing.Count == 0 ? [] : FindReplaced(input.Migrations);
        IsOtherFolder = Missing.Any(r => r.Version is not null) && _files.Count == 0;
    }

    /// <summary>Applied migrations that no file of the folder is, in the order in which they were applied.</summary>
    public IReadOnlyList<HistoryRecord> Missing { get; }

    /// <summary>Applied migrations whose files were renamed or renumbered since, in the order of the folder.</summary>
    public IReadOnlyList<RenamedMigration> Renamed { get; }

    /// <summary>Files whose version was applied as another migration, with that migration, in the order of the folder.</summary>
    public IReadOnlyList<RenamedMigration> Replaced { get; }

    /// <summary>Whether migrations were applied, and the folder holds none of them.</summary>
    public bool IsOtherFolder { get; }

    /// <summary>What the history says about a migration of the folder; null when it knows nothing of it.</summary>
    public HistoryRecord? RecordOf(Migration migration)
    {
        if (_records.TryGetValue(migration.Key, out var applied))
            return applied;
        // What another migration left behind under this version, failed or undone, is not this one's.
        return
            _history.Find(migration.Key) is { IsApplied: false } left
            && (left.Resume is not null || NameAgrees(left.Name, migration.FullName))
            ? left
            : null;
    }

    /// <summary>The migration of the folder that an applied one is; null when none is.</summary>
    public Migration? FileOf(HistoryRecord record) => _files.GetValueOrDefault(record.Key);

    /// <summary>How a migration's file differs from what was applied.</summary>
    public ScriptChange ChangeOf(MigrationKey key) => _changes.GetValueOrDefault(key);

    /// <summary>
    /// Applied migrations that are not under their own version in the folder, or not as they are now: they may have been renumbered.
    /// </summary>
    internal IEnumerable<HistoryRecord> Loose =>
        _history.Applied.Where(r => r.Version is not null && (FileOf(r) is not { } file || ChangeOf(file.Key) == ScriptChange.Statement));

    /// <summary>Files that are not known to have been applied as they are now.</summary>
    internal bool IsLoose(Migration migration) =>
        !migration.IsRepeatable && (!_records.ContainsKey(migration.Key) || ChangeOf(migration.Key) == ScriptChange.Statement);

    /// <summary>Whether two names say the same, whatever their numbers, punctuation and case.</summary>
    internal static bool NameAgrees(string left, string right) =>
        string.Equals(left, right, StringComparison.Ordinal) || string.Equals(Words(left), Words(right), StringComparison.Ordinal);

    /// <summary>A name without its number, punctuation and case.</summary>
    internal static string Words(string name)
    {
        var words = new string([.. name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);
        if (words.Length > 1 && words[0] == 'v' && char.IsAsciiDigit(words[1]))
            words = words[1..];
        return words.TrimStart("0123456789".ToCharArray());
    }

    private static bool IsRenamed(RenamedMigration pair) =>
        pair.IsRenumbered || !string.Equals(pair.Migration.FullName, pair.Record.Name, StringComparison.OrdinalIgnoreCase);

    private List<RenamedMigration> FindReplaced(IReadOnlyList<Migration> migrations)
    {
        var missing = Missing.ToDictionary(r => r.Key);
        return [.. migrations.Where(m => missing.ContainsKey(m.Key)).Select(m => new RenamedMigration(m, missing[m.Key]))];
    }

    private void MatchByKey(Migration migration, ScriptChange change)
    {
        if (_history.Find(migration.Key) is not { Applied: { } applied } record)
            return;
        var isSameScript = applied.Checksum is not null && change != ScriptChange.Statement;
        if (isSameScript || NameAgrees(record.Name, migration.FullName))
            Match(migration, record, change);
    }

    /// <summary>
    /// Equal checksums, or equal statements where these were compared. A record that matches several files matches none, unless its name
    /// says which.
    /// </summary>
    private void MatchByScript(PlanningInput input)
    {
        var loose = Loose.ToList();
        if (loose.Count == 0)
            return;
        var files = input.Migrations.Where(IsLoose).ToList();
        var found = new List<(Migration File, HistoryRecord Record, ScriptChange Change)>();
        foreach (var record in loose)
        {
            var checksum = record.Applied!.Checksum;
            var same = files.Where(m => m.Key != record.Key && string.Equals(m.Up.Checksum, checksum, StringComparison.Ordinal)).ToList();
            if (
                same.Count > 1
                || (same.Count == 1 && loose.Count(r => string.Equals(r.Applied!.Checksum, checksum, StringComparison.Ordinal)) > 1)
            )
                same.RemoveAll(m => !NameAgrees(m.FullName, record.Name));
            if (same.Count == 1)
                found.Add((same[0], record, ScriptChange.None));
            else if (files.Find(m => input.Renumbered.TryGetValue(m.Key, out var key) && key == record.Key) is { } edited)
                found.Add((edited, record, ScriptChange.Cosmetic));
        }

        foreach (var (file, record, _) in found)
            Separate(file, record);
        foreach (var (file, record, change) in found)
            Match(file, record, change);
    }

    private void Match(Migration migration, HistoryRecord record, ScriptChange change)
    {
        _records[migration.Key] = record;
        _files[record.Key] = migration;
        _changes[migration.Key] = change;
    }

    private void Separate(Migration file, HistoryRecord record)
    {
        if (_records.Remove(file.Key, out var other))
            _files.Remove(other.Key);
        if (_files.Remove(record.Key, out var before))
        {
            _records.Remove(before.Key);
            _changes.Remove(before.Key);
        }
    }
}
