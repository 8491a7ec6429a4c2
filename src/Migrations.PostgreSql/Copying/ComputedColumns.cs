using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>Makes ordinary columns, with the values, of computed ones that the server cannot compute.</summary>
internal static class ComputedColumns
{
    /// <summary>What such a column is called in reports.</summary>
    public const string Kind = "generated column";

    /// <summary>What makes a table whose columns are computed only where the expression translates.</summary>
    public static (CopyTable Table, string Statement, IReadOnlyList<LeftOutObject> LeftOut) Creation(string schema, CopyTable table)
    {
        var leftOut = new List<LeftOutObject>();
        while (true)
        {
            try
            {
                return (table, new TableScript(schema, table).Create(), leftOut);
            }
            catch (UntranslatableException)
            {
                table = WithoutUntranslatable(schema, table, leftOut);
            }
        }
    }

    // Makes them of those that have no equal.
    private static CopyTable WithoutUntranslatable(string schema, CopyTable table, List<LeftOutObject> leftOut) =>
        table with
        {
            Columns = [.. table.Columns.Select(column => Check(schema, table, column, leftOut))],
        };

    /// <summary>Makes one of all of them, because the server has refused one.</summary>
    public static CopyTable WithoutRefused(CopyTable table, List<LeftOutObject> leftOut, string refusal)
    {
        var computed = table.Columns.Where(c => c.Generated is not null).ToList();
        if (computed.Count == 0)
            throw new MigrationException(
                ErrorId.CopyTargetOccupied,
                $"The table {table.Name} could not be created: {refusal}.",
                $"Choose other types for its columns with {CallOption.ColumnType}, or leave the table out with {CallOption.ExcludeTable}."
            );
        leftOut.AddRange(computed.Select(c => Report(table, c, $"the server says '{refusal}'")));
        return table with { Columns = [.. table.Columns.Select(c => c with { Generated = null })] };
    }

    private static CopyColumn Check(string schema, CopyTable table, CopyColumn column, List<LeftOutObject> leftOut)
    {
        if (column.Generated is null)
            return column;
        // Alone among ordinary columns: then it is the one that cannot be written.
        var alone = table with
        {
            Columns =
            [
                .. table.Columns.Select(c =>
                    string.Equals(c.Name, column.Name, StringComparison.Ordinal) ? c : c with { Generated = null }
                ),
            ],
        };
        try
        {
            _ = new TableScript(schema, alone).Create();
            return column;
        }
        catch (UntranslatableException e)
        {
            leftOut.Add(Report(table, column, e.Message));
            return column with { Generated = null };
        }
    }

    private static LeftOutObject Report(CopyTable table, CopyColumn column, string reason) =>
        new(Kind, column.Name, table.Name, $"It is an ordinary column now, with the values: {reason}.", column.Text);
}
