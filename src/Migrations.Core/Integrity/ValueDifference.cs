using System.Globalization;

namespace Migrations.Integrity;

/// <summary>How the rows of a table after an undo differ from those before the migration.</summary>
/// <param name="Table">The table.</param>
/// <param name="Changed">Rows that are there with other values; null where the table is too large to compare row by row.</param>
/// <param name="Missing">Rows that are gone.</param>
/// <param name="Extra">Rows that were not there before.</param>
public sealed record ValueDifference(string Table, long? Changed, long Missing, long Extra)
{
    /// <summary>The difference as one sentence without its full stop, for example <c>values differ in t: 2 rows</c>.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (Changed is > 0)
            parts.Add(Count(Changed.Value));
        if (Missing > 0)
            parts.Add($"{Count(Missing)} missing");
        if (Extra > 0)
            parts.Add($"{Count(Extra)} extra");
        if (Changed is null)
            parts.Add("too many rows to count the differences");
        return $"values differ in {Table}: {string.Join(", ", parts)}";
    }

    private static string Count(long rows) => string.Create(CultureInfo.InvariantCulture, $"{rows:N0} {(rows == 1 ? "row" : "rows")}");
}
