using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Tables;

namespace Migrations.Transfer;

/// <summary>
/// What a file says of the tables of a copy: other names, and types of columns. Every error names the line and the column.
/// </summary>
public sealed class CopyMapping
{
    private readonly Dictionary<string, MappedTable> _tables = new(StringComparer.OrdinalIgnoreCase);

    private CopyMapping() { }

    /// <summary>A mapping that changes nothing.</summary>
    public static CopyMapping None { get; } = new();

    /// <summary>Whether it changes nothing.</summary>
    internal bool IsEmpty => _tables.Count == 0;

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its full path.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.ConfigurationInvalid"/></exception>
    public static CopyMapping Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var root = new ConfigurationObject(
            ConfigurationFile.ReadNodes(path, "mapping file", CallOption.Mapping, "Correct the path."),
            "the mapping"
        );
        var mapping = new CopyMapping();
        foreach (var member in root.Object("tables")?.Members ?? [])
        {
            if (!mapping._tables.TryAdd(member.Name, Table(member)))
                throw ConfigurationError.At(member.Place, $"The table '{member.Name}' occurs twice.", "Remove one of both.");
        }

        root.RefuseOthers();
        return mapping;
    }

    /// <summary>A scope with the types that it chooses; what the call itself has chosen goes first.</summary>
    public CopyScope Typed(CopyScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var types = new Dictionary<string, ColumnType>(StringComparer.OrdinalIgnoreCase);
        var reasons = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (column, type, reason) in Types().Where(t => !scope.Types.ContainsKey(t.Column)))
            (types[column], reasons[column]) = (type, reason);
        foreach (var (column, type) in scope.Types)
            types[column] = type;
        return scope with { Types = types, Reasons = reasons };
    }

    /// <summary>Demands that the source has everything that is named, and that no two things get the same name.</summary>
    /// <param name="source">The tables of the source.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.ConfigurationInvalid"/></exception>
    internal void Demand(IReadOnlyList<CopyTable> source)
    {
        foreach (var (name, table) in _tables)
        {
            var there =
                source.FirstOrDefault(t => Is(t.Name, name))
                ?? throw ConfigurationError.At(
                    table.Place,
                    $"The source has no table '{name}' that is copied.{ConfigurationError.DidYouMean(name, source.Select(t => t.Name))}",
                    "Correct or remove it."
                );
            foreach (var (column, mapped) in table.Columns)
            {
                if (!there.Columns.Any(c => Is(c.Name, column)))
                    throw ConfigurationError.At(
                        mapped.Place,
                        $"The table '{there.Name}' has no column '{column}'."
                            + ConfigurationError.DidYouMean(column, there.Columns.Select(c => c.Name)),
                        "Correct or remove it."
                    );
            }

            DemandOne(table.Columns.Values.Select(c => c.Name), there.Columns.Select(c => ColumnName(there.Name, c.Name)));
        }

        DemandOne(_tables.Values.Select(t => t.Name), source.Select(t => TableName(t.Name)));
    }

    /// <summary>The name of a table in the target.</summary>
    internal string TableName(string table) => _tables.GetValueOrDefault(table)?.Name?.Value ?? table;

    /// <summary>The name of a column in the target.</summary>
    internal string ColumnName(string table, string column) => Column(table, column)?.Name?.Value ?? column;

    /// <summary>The line that renames a column; null where none does.</summary>
    internal string? RenamedAt(string table, string column) => Column(table, column)?.Name?.Place.ToString();

    // By table.column.
    private IEnumerable<(string Column, ColumnType Type, string Reason)> Types() =>
        from table in _tables
        from column in table.Value.Columns
        where column.Value.Type is not null
        select ($"{table.Key}.{column.Key}", column.Value.Type!.Value, $"chosen at {column.Value.Type.Place}");

    private MappedColumn? Column(string table, string column) => _tables.GetValueOrDefault(table)?.Columns.GetValueOrDefault(column);

    private static MappedTable Table(ConfigurationMember member)
    {
        var values = new ConfigurationObject(member.Value, $"the table '{member.Name}'");
        var table = new MappedTable(member.Place, values.Text("name"), new(StringComparer.OrdinalIgnoreCase));
        foreach (var column in values.Object("columns")?.Members ?? [])
        {
            if (!table.Columns.TryAdd(column.Name, ReadColumn(column)))
                throw ConfigurationError.At(column.Place, $"The column '{column.Name}' occurs twice.", "Remove one of both.");
        }

        values.RefuseOthers();
        return table;
    }

    private static MappedColumn ReadColumn(ConfigurationMember member)
    {
        var values = new ConfigurationObject(member.Value, $"the column '{member.Name}'");
        var name = values.Text("name");
        ConfiguredValue<ColumnType>? type = null;
        if (values.Text("type") is { } text)
            type = ColumnType.TryParse(text.Value, out var known)
                ? new ConfiguredValue<ColumnType>(known, text.Place)
                : throw ConfigurationError.At(
                    text.Place,
                    $"\"{text.Value}\" is not a type.{ConfigurationError.DidYouMean(text.Value, ColumnType.Known)}",
                    $"Write one of {string.Join(", ", ColumnType.Known)}, numeric(p,s)."
                );
        values.RefuseOthers();
        return new MappedColumn(member.Place, name, type);
    }

    private static void DemandOne(IEnumerable<ConfiguredValue<string>?> given, IEnumerable<string> names)
    {
        var all = names.ToList();
        foreach (var name in given.OfType<ConfiguredValue<string>>())
        {
            if (all.Count(n => Is(n, name.Value)) > 1)
                throw ConfigurationError.At(name.Place, $"Two would have the name '{name.Value}'.", "Choose another name.");
        }
    }

    private static bool Is(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private sealed record MappedTable(ScriptLocation Place, ConfiguredValue<string>? Name, Dictionary<string, MappedColumn> Columns);

    private sealed record MappedColumn(ScriptLocation Place, ConfiguredValue<string>? Name, ConfiguredValue<ColumnType>? Type);
}
