using Migrations.History;

namespace Migrations.Databases;

/// <summary>A column of the rows that a query gives.</summary>
/// <param name="Name">Its name, which no other column of the rows has.</param>
/// <param name="Type">The database's name of its type; null where values have types and columns have none.</param>
public sealed record RowColumn(string Name, string? Type)
{
    /// <summary>
    /// Columns with names that differ, in any case of letters too: an object has a property once. The second <c>id</c> becomes
    /// <c>id_2</c>, and one without a name <c>column_3</c>. Secrets in them, which an expression without a name repeats, are hidden.
    /// </summary>
    /// <param name="columns">Names and types as the database gives them.</param>
    public static IReadOnlyList<RowColumn> Distinct(IReadOnlyList<RowColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        columns = [.. columns.Select(c => c with { Name = ScriptRedaction.Hide(c.Name) })];
        var taken = columns.Select(c => c.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var used = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var distinct = new List<RowColumn>(columns.Count);
        for (var at = 0; at < columns.Count; at++)
        {
            var name = columns[at].Name.Length > 0 ? columns[at].Name : $"column_{at + 1}";
            if (!used.Add(name))
                used.Add(name = FreeName(name, taken));
            distinct.Add(columns[at] with { Name = name });
        }

        return distinct;
    }

    private static string FreeName(string name, HashSet<string> taken)
    {
        var number = 2;
        while (!taken.Add($"{name}_{number}"))
            number++;
        return $"{name}_{number}";
    }
}
