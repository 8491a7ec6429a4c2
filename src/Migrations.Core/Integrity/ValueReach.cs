using Migrations.Databases;
using Migrations.Schema;
using Migrations.Sql;

namespace Migrations.Integrity;

/// <summary>
/// Which values a migration and its undo can change, as far as their text and what it names (views, triggers, functions) shows. What the
/// two halves make and remove
/// themselves does not count: it holds nothing that could be lost.
/// </summary>
internal sealed class ValueReach
{
    private readonly SqlNameReader _reader;

    // The names in the statements of each kind, and not the statements: a script may be large.
    private readonly Dictionary<ValueEffect, HashSet<string>> _names = [];

    private ValueReach(ISqlDialect dialect) => _reader = new SqlNameReader(dialect);

    /// <summary>Whether there is anything to compare: a statement that is more than a definition.</summary>
    public bool MayChange => _names.Count > 0;

    /// <summary>Reads both scripts.</summary>
    public static ValueReach Of(ISqlDialect dialect, Migration migration)
    {
        var reach = new ValueReach(dialect);
        if (migration.IsCode)
            reach.NamesOf(ValueEffect.Hidden);
        reach.Add(dialect.Split(migration.Up));
        if (migration.Down is { } down)
            reach.Add(dialect.Split(down));
        return reach;
    }

    /// <summary>The tables that it can change, of those that were there before; all of them where it cannot be seen into.</summary>
    /// <param name="tables">The tables before the migration.</param>
    /// <param name="before">The schema before the migration.</param>
    /// <param name="after">The schema after it, whose functions and triggers the undo meets.</param>
    public IReadOnlyList<TableValues> Touched(IReadOnlyList<TableValues> tables, SchemaSnapshot before, SchemaSnapshot after)
    {
        var definitions = new ReachedDefinitions(_reader, before, after);
        var named = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (effect, names) in _names)
        {
            var isHidden = effect switch
            {
                ValueEffect.Hidden => true,
                ValueEffect.TakesSchema => false,
                ValueEffect.Cascades => definitions.TakesColumns(names),
                _ => definitions.Follow(names, onlyCalls: effect == ValueEffect.Calls, named),
            };
            if (isHidden)
                return tables;
        }

        var schemas = _names.GetValueOrDefault(ValueEffect.TakesSchema, []);
        return [.. tables.Where(t => named.Contains(_reader.LastName(t.Table)) || schemas.Contains(_reader.Names(t.Table).First()))];
    }

    private void Add(IEnumerable<ScriptStatement> statements)
    {
        var (renames, renamed) = (0, new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        foreach (var statement in statements)
        {
            var effect = StatementEffect.Of(_reader.Words(statement.Text));
            if (effect == ValueEffect.None)
                continue;
            renames += effect == ValueEffect.Renames ? 1 : 0;
            var names = effect == ValueEffect.Renames ? renamed : NamesOf(effect);
            names.UnionWith(_reader.Names(statement.Text));
        }

        if (renames > 1)
            NamesOf(ValueEffect.Renames).UnionWith(renamed);
    }

    private HashSet<string> NamesOf(ValueEffect effect)
    {
        if (!_names.TryGetValue(effect, out var names))
            _names[effect] = names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return names;
    }
}
