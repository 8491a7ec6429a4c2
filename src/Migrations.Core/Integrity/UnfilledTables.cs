using Migrations.Databases;
using Migrations.Schema;
using Migrations.Sql;

namespace Migrations.Integrity;

/// <summary>
/// The tables that hold nothing on a copy without the database's rows. A declared check that reads one of them learns nothing there,
/// whatever it is answered. Which ones it reads follows from the names in it, and in the views and functions that it names: rather one too
/// many than a check that passes unasked.
/// </summary>
internal sealed class UnfilledTables
{
    private readonly ISqlDialect _dialect;
    private readonly SqlNameReader _reader;
    private readonly Dictionary<string, string> _tables;
    private readonly ILookup<string, string> _definitions;
    private readonly ILookup<string, string> _constraints;

    /// <summary>Takes what a copy holds.</summary>
    /// <param name="dialect">How its SQL is read.</param>
    /// <param name="contents">Its tables, with their rows.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="lacksRows">Whether the database may hold rows that the copy lacks.</param>
    public UnfilledTables(ISqlDialect dialect, IEnumerable<TableValues> contents, SchemaSnapshot schema, bool lacksRows)
    {
        _dialect = dialect;
        _reader = new SqlNameReader(dialect);
        _tables = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var content in contents.Where(c => c.Rows == 0))
            _tables[_reader.LastName(content.Table)] = content.Table;
        _definitions = schema
            .Objects.Where(o => o.Type is SchemaObjectType.View or SchemaObjectType.MaterializedView or SchemaObjectType.Function)
            .ToLookup(o => _reader.LastName(o.Name), o => o.Definition, StringComparer.OrdinalIgnoreCase);
        _constraints = schema
            .Objects.Where(o => o is { Type: SchemaObjectType.Constraint, Table: not null })
            .ToLookup(o => _reader.LastName(o.Table!), o => o.Definition, StringComparer.OrdinalIgnoreCase);
        LacksRows = lacksRows;
    }

    /// <summary>Whether the database may hold rows that the copy lacks.</summary>
    public bool LacksRows { get; }

    /// <summary>Those that some statements read and do not fill themselves.</summary>
    public IReadOnlyList<string> ReadBy(string sql)
    {
        var named = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var texts = new Stack<string>([sql]);
        while (texts.TryPop(out var text))
        {
            foreach (var definition in _reader.Names(text).Where(named.Add).SelectMany(name => _definitions[name]))
                texts.Push(definition);
        }

        named.ExceptWith(Filled(sql));
        return Without(named);
    }

    /// <summary>Those that the tables which some statements write refer to, and that the statements do not fill themselves.</summary>
    public IReadOnlyList<string> ParentsOf(string sql)
    {
        var named = _reader
            .Names(sql)
            .SelectMany(name => _constraints[name])
            .SelectMany(_reader.Names)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        named.ExceptWith(Filled(sql));
        return Without(named);
    }

    private IReadOnlyList<string> Without(HashSet<string> named) =>
        [.. _tables.Where(t => named.Contains(t.Key)).Select(t => t.Value).Order(StringComparer.Ordinal)];

    /// <summary>The name behind each INTO.</summary>
    private IEnumerable<string> Filled(string sql)
    {
        var tokens = _dialect.Tokenize(sql).Where(t => t.Kind is not (SqlTokenKind.WhiteSpace or SqlTokenKind.Comment)).ToList();
        for (var i = 0; i + 1 < tokens.Count; i++)
        {
            if (!tokens[i].In(sql).Equals("INTO", StringComparison.OrdinalIgnoreCase))
                continue;
            var end = i + 1;
            while (end + 2 < tokens.Count && tokens[end + 1].In(sql) is ".")
                end += 2;
            yield return SqlNameReader.Unquoted(tokens[end].In(sql));
        }
    }
}
