using Migrations.Databases;
using Migrations.Schema;

namespace Migrations.Integrity;

/// <summary>
/// Which values a migration and its undo can change, as far as their text and what it names (views, triggers, functions) tell. What the two halves make and remove
/// themselves does not count: it holds nothing that could be lost.
/// </summary>
internal sealed class ValueReach
{
    private readonly SqlNameReader _reader;
    private readonly List<(ValueEffect Effect, string Text)> _statements = [];

    private ValueReach(ISqlDialect dialect) => _reader = new SqlNameReader(dialect);

    /// <summary>Whether there is anything to compare: a statement that is more than a definition.</summary>
    public bool MayChange => _statements.Count > 0;

    /// <summary>Reads both scripts.</summary>
    public static ValueReach Of(ISqlDialect dialect, Migration migration)
    {
        var reach = new ValueReach(dialect);
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
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var schemas = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var definitions = new ReachedDefinitions(_reader, before, after);
        foreach (var (effect, text) in _statements)
        {
            if (effect == ValueEffect.TakesSchema)
                schemas.UnionWith(_reader.Names(text));
            var isHidden = effect switch
            {
                ValueEffect.Hidden => true,
                ValueEffect.TakesSchema => false,
                ValueEffect.Cascades => definitions.TakesColumns(text),
                _ => definitions.Follow(text, onlyCalls: effect == ValueEffect.Calls, names),
            };
            if (isHidden)
                return tables;
        }

        return [.. tables.Where(t => names.Contains(_reader.LastName(t.Table)) || schemas.Contains(_reader.Names(t.Table).First()))];
    }

    private void Add(IEnumerable<ScriptStatement> statements)
    {
        var half = statements.Select(s => (Effect: StatementEffect.Of(_reader.Words(s.Text)), s.Text)).ToList();
        var renames = half.Count(s => s.Effect == ValueEffect.Renames);
        _statements.AddRange(half.Where(s => s.Effect != ValueEffect.None && (s.Effect != ValueEffect.Renames || renames > 1)));
    }
}
