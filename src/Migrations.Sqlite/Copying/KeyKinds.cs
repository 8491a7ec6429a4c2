using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>Gives the columns of a foreign key types that can be compared: SQLite compares any, other engines only those of a
/// kind.</summary>
internal static class KeyKinds
{
    private static readonly ColumnKind[] Numbers = [ColumnKind.Integer, ColumnKind.Decimal, ColumnKind.Real];

    /// <summary>Gives them, until no key is left whose columns differ.</summary>
    public static IReadOnlyList<CopyTable> Align(List<CopyTable> tables)
    {
        for (var isChanged = true; isChanged; )
        {
            isChanged = false;
            foreach (var (child, key) in tables.SelectMany(t => t.ForeignKeys.Select(k => (t.Name, k))).ToList())
            {
                for (var i = 0; i < Math.Min(key.Columns.Count, key.ParentColumns.Count); i++)
                    isChanged |= Align(tables, (child, key.Columns[i]), (key.Parent, key.ParentColumns[i]));
            }
        }

        return tables;
    }

    private static bool Align(List<CopyTable> tables, (string Table, string Column) one, (string Table, string Column) other)
    {
        var (first, second) = (KindOf(tables, one), KindOf(tables, other));
        if (first is null || second is null || first == second)
            return false;
        if (Array.IndexOf(Numbers, first.Value) >= 0 && Array.IndexOf(Numbers, second.Value) >= 0)
            return false;
        // A number and a text were never equal: that key is refused by the target, and reported with its words.
        ColumnKind? common =
            IsWritten(first.Value) && IsWritten(second.Value) ? ColumnKind.Text
            : first is ColumnKind.Boolean && second is ColumnKind.Integer || first is ColumnKind.Integer && second is ColumnKind.Boolean
                ? ColumnKind.Integer
            : null;
        if (common is not { } kind)
            return false;
        Set(tables, one, kind);
        Set(tables, other, kind);
        return true;
    }

    private static bool Is(string one, string other) => string.Equals(one, other, StringComparison.Ordinal);

    private static bool IsWritten(ColumnKind kind) =>
        kind
            is ColumnKind.Text
                or ColumnKind.Uuid
                or ColumnKind.Json
                or ColumnKind.Date
                or ColumnKind.Timestamp
                or ColumnKind.TimestampWithZone;

    private static ColumnKind? KindOf(List<CopyTable> tables, (string Table, string Column) place) =>
        tables.Find(t => Is(t.Name, place.Table))?.Columns.FirstOrDefault(c => Is(c.Name, place.Column))?.Type.Kind;

    private static void Set(List<CopyTable> tables, (string Table, string Column) place, ColumnKind kind)
    {
        var at = tables.FindIndex(t => Is(t.Name, place.Table));
        tables[at] = tables[at] with
        {
            Columns =
            [
                .. tables[at]
                    .Columns.Select(c =>
                        Is(c.Name, place.Column) && c.Type.Kind != kind
                            ? c with
                            {
                                Type = new ColumnType(kind),
                                Reason = "of the kind of the column that a foreign key compares it with",
                            }
                            : c
                    ),
            ],
        };
    }
}
