namespace Migrations.PostgreSql;

/// <summary>What the names of schemas stand for at a place of a script that renames and drops them.</summary>
internal sealed class ForecastSchemas
{
    private readonly Dictionary<string, string> _now = new(StringComparer.Ordinal);

    /// <summary>
    /// The name in the database of a schema, both without quotes. One that the script makes has its own, or where the database has another
    /// one of that name, a name that no schema has.
    /// </summary>
    public string Of(string name) => _now.GetValueOrDefault(name, name);

    /// <summary>A schema gets another name.</summary>
    public void Rename(string oldName, string newName)
    {
        _now[newName] = Of(oldName);
        Drop(oldName);
    }

    /// <summary>A schema is dropped.</summary>
    public void Drop(string name) => _now[name] = $"{name}\n(made by the script)";

    /// <summary>A name as written, with the schema's name in the database.</summary>
    public string InDatabase(string name) =>
        SqlNames.PlainSchema(name) is { } schema && _now.TryGetValue(schema, out var real)
            ? $"{SqlNames.Quote(real)}.{SqlNames.LastPart(name)}"
            : name;
}
