using System.Globalization;
using Migrations.Integrity;
using Migrations.Schema;

namespace Migrations.Generating;

/// <summary>
/// Fills the tables of a scratch database with rows that are made up, because what succeeds on an empty table often fails on a filled one:
/// numbers that keys share, texts, dates, the first values that a check lists. What it cannot fill is named.
/// </summary>
/// <param name="copy">The scratch database.</param>
/// <param name="schema">Its schema.</param>
/// <param name="wanted">The schema that the rows have to fit later.</param>
internal sealed class MadeUpRows(RehearsalCopy copy, SchemaSnapshot schema, SchemaSnapshot wanted)
{
    // A number that no row has, numbers for short texts and narrow ranges, and the smallest.
    private static readonly int[] Starts = [9001, 91, 21, 1];
    private const int RowsOfTable = 2;

    private readonly MadeUpValues _values = new(copy.Dialect, schema, wanted);
    private readonly Dictionary<string, int> _starts = new(StringComparer.Ordinal);

    /// <summary>The tables that it could not fill.</summary>
    public List<string> Unfilled { get; } = [];

    /// <summary>Fills them, a parent before its children.</summary>
    /// <param name="skipped">Tables that have to be empty.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task FillAsync(IReadOnlyCollection<string> skipped, CancellationToken cancellationToken)
    {
        var tables = schema.Objects.Where(o => o.Type == SchemaObjectType.Table).ToList();
        foreach (
            var table in SchemaOrder.Of(
                tables,
                (t, other) => t != other && _values.ParentsOf(t).Contains(other.Name, StringComparer.Ordinal)
            )
        )
        {
            if (skipped.Contains(table.Name, StringComparer.Ordinal) || !await TryFillAsync(table, cancellationToken).ConfigureAwait(false))
                Unfilled.Add(table.Name);
        }
    }

    private async Task<bool> TryFillAsync(SchemaObject table, CancellationToken cancellationToken)
    {
        foreach (var start in Starts)
        {
            var rows = 0;
            while (rows < RowsOfTable && await TryInsertAsync(table, start, rows, cancellationToken).ConfigureAwait(false))
                rows++;
            if (rows == 0)
                continue;
            _starts[table.Name] = start;
            return true;
        }

        return false;
    }

    private async Task<bool> TryInsertAsync(SchemaObject table, int start, int row, CancellationToken cancellationToken)
    {
        if (_values.Insert(table, start + row, parent => _starts.TryGetValue(parent, out var of) ? of + row : null) is not { } insert)
            return false;
        try
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"rows of {table.Name} {start + row}");
            _ = await copy.RunAsync(GeneratedScript.Migration(name, insert + ";\n"), MigrationDirection.Up, cancellationToken)
                .ConfigureAwait(false);
            return true;
        }
        catch (MigrationException e) when (e.Category is not (FailureCategory.Connection or FailureCategory.Cancelled))
        {
            return false;
        }
    }
}
