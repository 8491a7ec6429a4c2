using Migrations.Databases;
using Migrations.Schema;

namespace Migrations.Integrity;

/// <summary>
/// The tables that hold nothing on a copy without the database's rows. A declared check that reads one of them learns nothing there, whatever it is answered.
/// Which ones it reads is told by the names in it, and in the views and functions that it names: rather one too many than a check that passes unasked.
/// </summary>
internal sealed class UnfilledTables
{
    private readonly ISqlDialect _dialect;
    private readonly Dictionary<string, string> _tables;
    private readonly ILookup<string, string> _definitions;

    /// <summary>Takes what a copy holds.</summary>
    /// <param name="dialect">How its SQL is read.</param>
    /// <param name="contents">Its tables, with their rows.</param>
    /// <param name="schema">Its schema.</param>
    public UnfilledTables(ISqlDialect dialect, IEnumerable<TableContent> contents, SchemaSnapshot schema)
    {
        _dialect = dialect;
        _tables = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var content in contents.Where(c => c.Rows == 0))
            _tables[LastName(content.Table)] = content.Table;
        _definitions = schema.Objects.Where(o => o.Type is SchemaObjectType.View or SchemaObjectType.MaterializedView or SchemaObjectType.Function)
            .ToLookup(o => LastName(o.Name), o => o.Definition, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Looks at a copy.</summary>
    /// <exception cref="MigrationException">The database refuses.</exception>
    public static async Task<UnfilledTables> ReadAsync(ISqlDialect dialect, IDatabaseInspector inspector, CancellationToken cancellationToken) => new(
        dialect,
        await inspector.ReadContentAsync(digests: false, cancellationToken).ConfigureAwait(false),
        await inspector.ReadSchemaAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Those that some statements read and do not fill themselves.</summary>
    public IReadOnlyList<string> ReadBy(string sql)
    {
        var named = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var texts = new Stack<string>([sql]);
        while (texts.TryPop(out var text))
        {
            foreach (var definition in Names(text).Where(named.Add).SelectMany(name => _definitions[name]))
                texts.Push(definition);
        }

        named.ExceptWith(Filled(sql));
        return [.. _tables.Where(t => named.Contains(t.Key)).Select(t => t.Value).Order(StringComparer.Ordinal)];
    }

    private IEnumerable<string> Names(string sql)
    {
        foreach (var token in _dialect.Tokenize(sql))
        {
            if (token.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName)
                yield return Unquoted(token.In(sql));
            // The body of a function.
            if (token.Kind is not SqlTokenKind.Literal || sql[token.Start] != '$')
                continue;
            foreach (var name in Names(token.In(sql).Trim('$').ToString()))
                yield return name;
        }
    }

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
            yield return Unquoted(tokens[end].In(sql));
        }
    }

    /// <summary>The name of an object, without its schema and its parameters.</summary>
    private string LastName(string name) =>
        Unquoted(_dialect.Tokenize(name).TakeWhile(t => t.In(name) is not "(").Last(t => t.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName).In(name));

    private static string Unquoted(ReadOnlySpan<char> name) => name switch
    {
        ['"', .. var inner, '"'] => inner.ToString().Replace("\"\"", "\"", StringComparison.Ordinal),
        ['`', .. var inner, '`'] => inner.ToString().Replace("``", "`", StringComparison.Ordinal),
        ['[', .. var inner, ']'] => inner.ToString(),
        _ => name.ToString(),
    };
}
