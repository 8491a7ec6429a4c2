using System.Globalization;
using Migrations.Integrity;
using Migrations.Schema;
using Migrations.Sql;

namespace Migrations.Generating;

/// <summary>Makes up values for the columns of a schema, as literals.</summary>
/// <param name="dialect">How definitions are read.</param>
/// <param name="schema">The schema.</param>
/// <param name="wanted">The schema that the values have to fit later, where it lists some.</param>
internal sealed class MadeUpValues(ISqlDialect dialect, SchemaSnapshot schema, SchemaSnapshot wanted)
{
    private const string ForeignKey = "FOREIGN KEY (";

    private readonly SqlNameReader _names = new(dialect);

    /// <summary>The tables that a table points to.</summary>
    public IEnumerable<string> ParentsOf(SchemaObject table) => Keys(table).Select(k => k.Parent);

    /// <summary>A statement that puts a row into a table; null where it can hold none.</summary>
    /// <param name="table">The table.</param>
    /// <param name="number">The row's number, from which its values are made.</param>
    /// <param name="numberOf">The number of the row of a parent; null where the parent has none.</param>
    public string? Insert(SchemaObject table, int number, Func<string, int?> numberOf)
    {
        if (
            table.Definition.StartsWith("VIRTUAL", StringComparison.Ordinal)
            || table.Definition.StartsWith("FOREIGN", StringComparison.Ordinal)
        )
            return null;
        var keys = Keys(table).ToList();
        var columns = Parts(table, SchemaObjectType.Column)
            .Where(c => !c.Definition.Contains("GENERATED ALWAYS", StringComparison.Ordinal));
        var values = columns.Select(c => (Name: SchemaRename.LastPart(c.Name), Value: Value(c, number, keys, numberOf))).ToList();
        return values.Count == 0
            ? $"INSERT INTO {table.Name} DEFAULT VALUES"
            : $"INSERT INTO {table.Name} ({string.Join(", ", values.Select(v => v.Name))}) "
                + $"VALUES ({string.Join(", ", values.Select(v => v.Value))})";
    }

    private string Value(SchemaObject column, int number, List<(string Parent, string Columns)> keys, Func<string, int?> numberOf)
    {
        var name = SchemaRename.LastPart(column.Name);
        var key = keys.Find(k => SchemaOrder.Names(k.Columns, name));
        if (key.Parent is { } parent && !string.Equals(parent, column.Table, StringComparison.Ordinal))
        {
            if (numberOf(parent) is not { } other)
                return "NULL";
            return Of(column.Definition, other);
        }

        return Listed(column, number) ?? Of(column.Definition, number);
    }

    /// <summary>One of the values that a check of this column alone lists.</summary>
    private string? Listed(SchemaObject column, int number)
    {
        var name = _names.LastName(column.Name);
        foreach (var check in schema.Objects.Where(o => IsCheckOf(o, column)))
        {
            var text = check.Definition;
            var named = _names.Names(text).ToHashSet(StringComparer.OrdinalIgnoreCase);
            var others = schema.Objects.Where(o =>
                o.Type == SchemaObjectType.Column && o != column && string.Equals(o.Table, column.Table, StringComparison.Ordinal)
            );
            if (!named.Contains(name) || others.Any(o => named.Contains(_names.LastName(o.Name))))
                continue;
            var isList = text.Contains(" IN (", StringComparison.Ordinal) || text.Contains("ANY (", StringComparison.Ordinal);
            var values = dialect
                .Tokenize(text)
                .Where(t => t.Kind is SqlTokenKind.Literal || (isList && t.Kind is SqlTokenKind.Number))
                .Select(t => t.In(text).ToString())
                .ToList();
            if (values.Count > 0 && isList)
                return Fitting(values, WantedListOf(column))[number % values.Count];
        }

        return null;
    }

    /// <summary>The text of the check that the wanted schema has on a column; empty without one.</summary>
    private string WantedListOf(SchemaObject column) =>
        string.Concat(
            wanted
                .Objects.Where(o =>
                    IsCheckOf(o, column)
                    && _names.Names(o.Definition).Contains(_names.LastName(column.Name), StringComparer.OrdinalIgnoreCase)
                )
                .Select(o => o.Definition)
        );

    /// <summary>As many values as there are, each one that a text has too, where there is such a text.</summary>
    private static List<string> Fitting(List<string> values, string text)
    {
        var fitting = values.Where(v => text.Contains(v, StringComparison.Ordinal)).ToList();
        return fitting.Count == 0 ? values : [.. values.Select((_, i) => fitting[i % fitting.Count])];
    }

    private static bool IsCheckOf(SchemaObject item, SchemaObject column) =>
        item.Type == SchemaObjectType.Constraint
        && string.Equals(item.Table, column.Table, StringComparison.Ordinal)
        && item.Definition.StartsWith("CHECK", StringComparison.Ordinal);

    private string Of(string definition, int number)
    {
        var type = definition.ToUpperInvariant();
        bool Is(params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                if (type.StartsWith(name, StringComparison.Ordinal))
                    return true;
            }

            return false;
        }

        static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        if (schema.Objects.FirstOrDefault(o => IsTypeOf(o, definition)) is { } own)
            return own.Type == SchemaObjectType.Domain ? Of(own.Definition["AS ".Length..], number) : Label(own, number);
        if (type.Split(' ')[0].EndsWith("[]", StringComparison.Ordinal) || type.Contains("[] ", StringComparison.Ordinal))
            return "'{}'";
        return Is("BOOL")
            ? number % 2 == 0
                ? "FALSE"
                : "TRUE"
            : Is("UUID")
                ? Text($"'00000000-0000-0000-0000-{number:D12}'")
                : Is("JSON")
                    ? "'{}'"
                    : Is("DATE", "TIMESTAMP")
                        ? Text($"'2024-01-{(number % 28) + 1:00}'")
                        : Is("TIME")
                            ? Text($"'10:00:{number % 60:00}'")
                            : Is("INTERVAL")
                                ? Text($"'{number} days'")
                                : Is("BYTEA")
                                    ? Text($"'\\x{number % 90:00}'")
                                    : Is("BLOB")
                                        ? Text($"x'{number % 90:00}'")
                                        : Is("INET", "CIDR")
                                            ? Text($"'10.0.0.{number % 250}'")
                                            : Is("CHAR", "VARCHAR", "TEXT", "CLOB", "CITEXT", "NVARCHAR", "NCHAR", "NAME")
                                                ? Text($"'{number}'")
                                                : Text($"{number}");
    }

    private static bool IsTypeOf(SchemaObject item, string definition) =>
        item.Type is SchemaObjectType.Type or SchemaObjectType.Domain
        && (
            string.Equals(definition, item.Name, StringComparison.Ordinal)
            || definition.StartsWith(item.Name + " ", StringComparison.Ordinal)
        );

    private string Label(SchemaObject type, int number)
    {
        var labels = dialect
            .Tokenize(type.Definition)
            .Where(t => t.Kind == SqlTokenKind.Literal)
            .Select(t => t.In(type.Definition).ToString())
            .ToList();
        var later = wanted.Objects.FirstOrDefault(o => o.Type == type.Type && string.Equals(o.Name, type.Name, StringComparison.Ordinal));
        return labels.Count == 0 ? "NULL" : Fitting(labels, later?.Definition ?? "")[number % labels.Count];
    }

    private IEnumerable<(string Parent, string Columns)> Keys(SchemaObject table)
    {
        foreach (var key in Parts(table, SchemaObjectType.Constraint).Where(SchemaOrder.IsForeignKey))
        {
            var parent = schema.Objects.FirstOrDefault(o =>
                o.Type == SchemaObjectType.Table
                && SchemaOrder.Names(key.Definition[key.Definition.IndexOf("REFERENCES", StringComparison.Ordinal)..], o.Name)
            );
            if (parent is not null)
                yield return (parent.Name, key.Definition[ForeignKey.Length..key.Definition.IndexOf(')', StringComparison.Ordinal)]);
        }
    }

    private IEnumerable<SchemaObject> Parts(SchemaObject table, SchemaObjectType type) =>
        schema.Objects.Where(o => o.Type == type && string.Equals(o.Table, table.Name, StringComparison.Ordinal)).OrderBy(o => o.Position);
}
