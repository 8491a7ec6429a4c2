using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>Reads the views of a schema that is copied.</summary>
/// <param name="connection">A connection in a read transaction.</param>
/// <param name="schema">The schema.</param>
internal sealed class SourceViews(PostgreSqlConnection connection, string schema)
{
    private readonly List<LeftOutObject> _leftOut = [];

    /// <summary>Those that do not translate.</summary>
    public IReadOnlyList<LeftOutObject> LeftOut => _leftOut;

    /// <summary>Reads those that translate, those first that others read.</summary>
    /// <param name="tables">
    /// The columns of each table that is copied: their kinds, null for values that are written in another form.
    /// </param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<CopyView>> ReadAsync(
        IReadOnlyDictionary<string, Dictionary<string, ColumnKind?>> tables,
        CancellationToken cancellationToken
    )
    {
        var relations = tables.ToDictionary(t => t.Key, t => (IReadOnlyDictionary<string, ColumnKind?>)t.Value, StringComparer.Ordinal);
        var pending = await FindAsync(cancellationToken).ConfigureAwait(false);
        var views = new List<CopyView>();
        // A view that has been replaced may read younger ones.
        for (var before = -1; before != views.Count; )
        {
            before = views.Count;
            _leftOut.Clear();
            pending = [.. pending.Where(v => !TryRead(v.Name, v.Text))];
        }

        return views;

        bool TryRead(string name, string text)
        {
            var whole = $"CREATE VIEW {PostgreSqlText.Name(schema)}.{PostgreSqlText.Name(name)} AS\n{text}";
            try
            {
                var (query, columns) = PostgreSqlQueryParser.Parse(text, schema, relations.GetValueOrDefault);
                relations[name] = columns;
                views.Add(new CopyView(name, query, whole));
                return true;
            }
            catch (UntranslatableException e)
            {
                _leftOut.Add(new LeftOutObject("view", name, Table: null, $"It is not translated: {e.Message}.", whole));
                return false;
            }
        }
    }

    // Not those of an extension.
    private async Task<List<(string Name, string Text)>> FindAsync(CancellationToken cancellationToken)
    {
        var views = new List<(string, string)>();
        await connection
            .QueryAsync(
                $"""
                SELECT c.relname::text, pg_get_viewdef(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind = 'v' AND n.nspname = $1 AND {CatalogueScope.HasNoExtension("pg_class", "c.oid")} ORDER BY c.oid
                """,
                row => views.Add((row.GetString(0), row.GetString(1))),
                cancellationToken,
                schema
            )
            .ConfigureAwait(false);
        return views;
    }
}
