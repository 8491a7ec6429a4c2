using Migrations.Integrity;
using Migrations.Schema;
using Migrations.Sql;

namespace Migrations.Generating;

/// <summary>Finds the renames that a script says, so that an undo renames back and loses nothing.</summary>
/// <param name="dialect">How the script is read.</param>
internal sealed class RenameReader(ISqlDialect dialect)
{
    private readonly SqlNameReader _names = new(dialect);

    /// <summary>The renames of a script, in its order, as far as both schemas show them.</summary>
    public IReadOnlyList<SchemaRename> Read(MigrationScript script, SchemaSnapshot before, SchemaSnapshot after)
    {
        var found = dialect.Split(script).Select(s => Read(s.Text, before, after)).OfType<SchemaRename>().ToList();
        // A column is named under the table's last name, so tables come back last and go first.
        return [.. found.Where(r => r.Fits(before, after))];
    }

    private SchemaRename? Read(string sql, SchemaSnapshot before, SchemaSnapshot after)
    {
        var tokens = dialect
            .Tokenize(sql)
            .Where(t => t.Kind is not (SqlTokenKind.WhiteSpace or SqlTokenKind.Comment))
            .Select(t => t.In(sql).ToString())
            .ToList();
        var rename = tokens.FindIndex(t => Is(t, "RENAME"));
        var to = tokens.FindLastIndex(t => Is(t, "TO"));
        if (tokens.Count < 6 || !Is(tokens[0], "ALTER") || !Is(tokens[1], "TABLE") || rename < 3 || to != tokens.Count - 2)
            return null;
        var written = SqlNameReader.Unquoted(tokens[rename - 1]);
        var column = to == rename + 1 ? null : SqlNameReader.Unquoted(tokens[to - 1]);
        if (column is not null && to - rename > 3)
            return null;
        var name = SqlNameReader.Unquoted(tokens[to + 1]);
        var table = (column is null ? before : after).Objects.FirstOrDefault(o => IsTable(o, written))?.Name;
        if (table is null)
            return null;
        return column is null
            ? new SchemaRename(table, null, LastOf(after, SchemaObjectType.Table, null, name) ?? name)
            : new SchemaRename(
                table,
                LastOf(before, SchemaObjectType.Column, table, column) ?? column,
                LastOf(after, SchemaObjectType.Column, table, name) ?? name
            );
    }

    private bool IsTable(SchemaObject item, string name) =>
        item.Type == SchemaObjectType.Table && string.Equals(_names.LastName(item.Name), name, StringComparison.OrdinalIgnoreCase);

    /// <summary>A name as the schema writes it.</summary>
    private string? LastOf(SchemaSnapshot schema, SchemaObjectType type, string? table, string name)
    {
        var item = schema.Objects.FirstOrDefault(o =>
            o.Type == type
            && (table is null || string.Equals(o.Table, table, StringComparison.Ordinal))
            && string.Equals(_names.LastName(o.Name), name, StringComparison.OrdinalIgnoreCase)
        );
        return item is null ? null
            : item.Name.EndsWith('"') ? item.Name[(item.Name.LastIndexOf(".\"", StringComparison.Ordinal) + 1)..]
            : item.Name[(item.Name.LastIndexOf('.') + 1)..];
    }

    private static bool Is(string token, string word) => token.Equals(word, StringComparison.OrdinalIgnoreCase);
}
