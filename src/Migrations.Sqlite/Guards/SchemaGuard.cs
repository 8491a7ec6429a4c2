using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Checks what a script did to the tables of one schema. Foreign keys never point from one schema to another.</summary>
internal sealed class SchemaGuard
{
    private readonly SqliteHandle _handle;
    private readonly KeylessSchema? _keyless;
    private readonly StepExecution _step;
    private readonly SchemaImage _before;
    private readonly ScriptFacts _facts;
    private readonly GuardErrors _errors;
    private readonly Dictionary<string, Violations> _violationsBefore;
    private readonly Dictionary<string, long[]> _rowsBefore = new(SqliteNames.Comparer);
    private readonly bool _countsReferences;
    private readonly bool _mayLeaveOpen;
    private readonly ObjectImage? _objectsBefore;

    public SchemaGuard(SqliteHandle handle, StepExecution step, string schema, KeylessSchema? keyless)
    {
        _handle = handle;
        _keyless = keyless;
        _step = step;
        _before = SchemaImage.Read(handle, schema, keyless is { IsKnown: true });
        _facts = ScriptFacts.Read(step.Script, _before);
        _errors = new GuardErrors(step, _facts);
        // Only an enforced ON DELETE SET NULL empties references behind the script's back.
        _mayLeaveOpen = step.MayLeaveKeysOpen || step.Script.Header.ForeignKeysOpenUntil is not null;
        _countsReferences = !step.Analysis.SuspendsForeignKeys;
        foreach (var key in _before.ForeignKeys.Where(IsTouched))
            _ = _before.FindUnsoundness(key);
        _violationsBefore = Scan(_before, table => !_facts.Dropped.Contains(table) || _facts.Made.Contains(table));
        foreach (var table in TablesToCount())
            _rowsBefore[table] = Count(table);
        if (_facts.Remade.Any())
            _objectsBefore = ObjectImage.Read(_handle, _before.QuotedSchema, _facts.Remade);
    }

    /// <summary>What went with tables that were recreated, as far as it is no reason to roll the script back.</summary>
    public IReadOnlyList<LostObject> Lost { get; private set; } = [];

    /// <summary>Checks what the script did.</summary>
    /// <exception cref="StatementException">It broke or lost something.</exception>
    public void Check()
    {
        var after = SchemaImage.Read(_handle, _before.Schema, isKeyless: _before.ForeignKeys.Count == 0 && !_facts.MayMakeForeignKeys);
        if (after.ForeignKeys.Count == 0)
            _keyless?.Note();
        CheckKeys(after);
        if (!_mayLeaveOpen)
            CheckViolations(after);
        if (!_step.Script.Header.RowLossAllowed)
            CheckRows(after);
        CheckObjects();
    }

    private void CheckObjects()
    {
        if (_objectsBefore is null)
            return;
        var after = ObjectImage.Read(_handle, _before.QuotedSchema, _facts.Remade);
        Lost = LostObjects.Find(
            _facts,
            _objectsBefore,
            after,
            _step.Direction == MigrationDirection.Up,
            _step.Script.Header.ObjectsLostAllowed
        );
        var refused = Lost.Where(l => l.Weight == LostObjectWeight.Refused).ToList();
        if (refused.Count > 0)
            throw _errors.ObjectsLost(refused);
    }

    private void CheckKeys(SchemaImage after)
    {
        var keysBefore = _before.ForeignKeys.Select(k => k.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var key in after.ForeignKeys.Where(IsTouched))
        {
            // A table that the script adds may point to one that a later migration makes.
            if (_before.ForeignKeys.Count == 0 || !_before.Tables.Contains(key.Child) || after.FindUnsoundness(key) is not { } reason)
                continue;
            var wasThere = keysBefore.Contains(key.Key);
            var isLeftBehind = wasThere && !after.Tables.Contains(key.Parent);
            if (!_mayLeaveOpen && (!wasThere || (_before.FindUnsoundness(key) is null && !(isLeftBehind && HasViolations(key.Child)))))
                throw _errors.Broken(key, reason, _before);
        }

        var childKeysAfter = after.ForeignKeys.Select(k => k.ChildKey).ToHashSet(StringComparer.Ordinal);
        foreach (var key in _before.ForeignKeys)
        {
            if (_facts.IsMadeFromQuery(key.Child) && after.Tables.Contains(key.Child) && !childKeysAfter.Contains(key.ChildKey))
                throw _errors.Lost(key);
        }
    }

    private bool HasViolations(string child)
    {
        using var rows = _handle.Prepare($"PRAGMA {_before.QuotedSchema}.foreign_key_check({SqliteNames.Quote(child)})");
        return rows.Step();
    }

    private void CheckViolations(SchemaImage after)
    {
        foreach (var (key, found) in Scan(after, t => after.Tables.Contains(t)))
        {
            var before = _violationsBefore.GetValueOrDefault(key);
            if (found.Count > (before?.Count ?? 0))
                throw _errors.Violated(found, before);
        }
    }

    private void CheckRows(SchemaImage after)
    {
        foreach (var (table, before) in _rowsBefore)
        {
            if (!after.Tables.Contains(table))
                continue;
            var now = Count(table);
            if (now[0] < before[0])
                throw _errors.RowsLost(table, before[0], now[0], ReasonFor(table));
            for (var i = 1; i < Math.Min(before.Length, now.Length); i++)
            {
                if (now[i] < before[i])
                    throw _errors.ReferencesLost(table, before[i], now[i], ReasonFor(table));
            }
        }
    }

    private string? ReasonFor(string table) =>
        _facts.Removed.Contains(table) ? null : _before.ForeignKeys.Find(k => SqliteNames.Comparer.Equals(k.Child, table))?.Parent;

    private IEnumerable<string> TablesToCount()
    {
        var remade = _facts.Removed.Where(t => _facts.Made.Contains(t));
        return remade
            .Concat(_before.DescendantsOf(_facts.Removed))
            .Where(t => _before.Tables.Contains(t))
            .Where(t => !_facts.Dropped.Contains(t) || _facts.Made.Contains(t))
            .ToHashSet(SqliteNames.Comparer);
    }

    private long[] Count(string table)
    {
        var references = _countsReferences
            ? _before.ForeignKeys.Where(k => SqliteNames.Comparer.Equals(k.Child, table)).Select(k => k.ChildColumns[0])
            : [];
        var columns = string.Concat(references.Select(c => $", count({SqliteNames.Quote(c)})"));
        using var row = _handle.Prepare($"SELECT count(*){columns} FROM {_before.QuotedSchema}.{SqliteNames.Quote(table)}");
        _ = row.Step();
        var counts = new long[1 + columns.Count(c => c == ',')];
        for (var i = 0; i < counts.Length; i++)
            counts[i] = row.Int64(i);
        return counts;
    }

    private bool IsTouched(ForeignKey key) =>
        _before.ForeignKeys.Count == 0 || _facts.Touched.Contains(key.Child) || _facts.Touched.Contains(key.Parent);

    private Dictionary<string, Violations> Scan(SchemaImage image, Func<string, bool> isWanted)
    {
        var found = new Dictionary<string, Violations>(StringComparer.Ordinal);
        foreach (var child in image.ForeignKeys.Where(IsTouched).Select(k => k.Child).Distinct(SqliteNames.Comparer).Where(isWanted))
        {
            var keys = image.ForeignKeys.Where(k => SqliteNames.Comparer.Equals(k.Child, child)).ToList();
            // A key that points to columns without a unique index cannot be checked: SQLite refuses to.
            if (keys.TrueForAll(k => !image.Tables.Contains(k.Parent) || image.FindUnsoundness(k) is null))
                Scan(child, keys, found);
        }

        return found;
    }

    private void Scan(string child, List<ForeignKey> keys, Dictionary<string, Violations> found)
    {
        using var rows = _handle.Prepare($"PRAGMA {_before.QuotedSchema}.foreign_key_check({SqliteNames.Quote(child)})");
        while (rows.Step())
        {
            if (keys.Find(k => k.Id == rows.Int64(3)) is not { } key)
                continue;
            if (!found.TryGetValue(key.Key, out var violations))
                found[key.Key] = violations = new Violations(key);
            violations.Add(rows.IsNull(1) ? null : rows.Int64(1));
        }
    }
}

/// <summary>Rows without their parent, for one foreign key.</summary>
internal sealed class Violations(ForeignKey key)
{
    // Enough to name a row that is new; the number decides.
    private const int MostRemembered = 10_000;

    private readonly HashSet<long> _rows = [];

    public ForeignKey Key { get; } = key;

    public long Count { get; private set; }

    public void Add(long? row)
    {
        Count++;
        if (row is { } id && _rows.Count < MostRemembered)
            _rows.Add(id);
    }

    /// <summary>A row that the other scan did not find; null when rows have no numbers.</summary>
    public long? FindNew(Violations? before)
    {
        foreach (var row in _rows)
        {
            if (before?._rows.Contains(row) != true)
                return row;
        }

        return null;
    }
}
