namespace Migrations.Databases;

/// <summary>One row of another tool's table: each value as text, binary ones as hexadecimal digits after <c>\x</c>.</summary>
/// <param name="values">The values by the names of their columns.</param>
public sealed class ForeignRow(IReadOnlyDictionary<string, string?> values)
{
    /// <summary>The value of a column; null when it is NULL, or there is no such column.</summary>
    public string? this[string column] => values.GetValueOrDefault(column);

    /// <summary>All values, in the order of the columns.</summary>
    public IEnumerable<string?> Values => values.Values;
}
