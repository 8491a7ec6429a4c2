using Migrations.Databases;
using Migrations.Tables;

namespace Migrations.Transfer;

/// <summary>A table of both databases: which columns are compared, in which form, and what names a row.</summary>
internal sealed record ComparedTable
{
    private static readonly ColumnKind[] Numbers = [ColumnKind.Integer, ColumnKind.Decimal, ColumnKind.Real];

    /// <summary>What is read of the first database.</summary>
    public required RowRequest Left { get; init; }

    /// <summary>What is read of the second database.</summary>
    public required RowRequest Right { get; init; }

    /// <summary>The places of the columns that name a row; empty where there is no key.</summary>
    public required IReadOnlyList<int> Key { get; init; }

    /// <summary>The columns that only the first database has.</summary>
    public required IReadOnlyList<string> LeftOnly { get; init; }

    /// <summary>The columns that only the second database has.</summary>
    public required IReadOnlyList<string> RightOnly { get; init; }

    /// <summary>The names of the columns that name a row.</summary>
    public IReadOnlyList<string> KeyNames => [.. Key.Select(i => Left.Columns[i].Name)];

    /// <summary>Finds out what to compare.</summary>
    public static ComparedTable Of(CopyTable left, CopyTable right)
    {
        var pairs = left.Columns.Select(l => (Left: l, Right: Find(right, l.Name))).Where(p => p.Right is not null).ToList();
        var types = pairs.ConvertAll(p => Common(p.Left.Type.Kind, p.Right!.Type.Kind));
        var key = KeyOf(left, pairs.ConvertAll(p => p.Left.Name)) ?? KeyOf(right, pairs.ConvertAll(p => p.Right!.Name)) ?? [];
        return new ComparedTable
        {
            Left = new RowRequest(left.Name, [.. pairs.Select((p, i) => new ReadColumn(p.Left.Name, types[i]))]),
            Right = new RowRequest(right.Name, [.. pairs.Select((p, i) => new ReadColumn(p.Right!.Name, types[i]))]),
            Key = key,
            LeftOnly = [.. left.Columns.Where(l => Find(right, l.Name) is null).Select(l => l.Name)],
            RightOnly = [.. right.Columns.Where(r => Find(left, r.Name) is null).Select(r => r.Name)],
        };
    }

    private static CopyColumn? Find(CopyTable table, string name) =>
        table.Columns.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.Ordinal))
        ?? table.Columns.FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase));

    // An engine without types of its own follows the other one; of two that differ, the form is one that both can be brought to.
    private static ColumnType Common(ColumnKind left, ColumnKind right) =>
        new(
            left == right || right == ColumnKind.Any ? left
            : left == ColumnKind.Any ? right
            : Array.IndexOf(Numbers, left) >= 0 && Array.IndexOf(Numbers, right) >= 0 ? ColumnKind.Decimal
            : ColumnKind.Text
        );

    private static IReadOnlyList<int>? KeyOf(CopyTable table, List<string> columns)
    {
        int[] places = [.. table.PrimaryKey.Select(name => columns.IndexOf(name))];
        return places.Length > 0 && Array.TrueForAll(places, p => p >= 0) ? places : null;
    }
}
