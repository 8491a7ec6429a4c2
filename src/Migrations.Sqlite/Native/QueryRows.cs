using System.Runtime.InteropServices;
using Migrations.Databases;

namespace Migrations.Sqlite.Native;

/// <summary>Hands on the rows of a statement that is being stepped through.</summary>
/// <param name="api">The library.</param>
/// <param name="statement">The statement, compiled.</param>
/// <param name="rows">Takes them; null: they are passed over.</param>
internal readonly unsafe struct QueryRows(SqliteApi api, nint statement, IRowSink? rows)
{
    /// <summary>Steps to the end.</summary>
    /// <returns>SQLite's code there.</returns>
    public int StepThrough()
    {
        var columns = rows is null ? 0 : api.ColumnCount(statement);
        var code = api.Step(statement);
        // Not before it got its locks: until then it may be tried again.
        if (columns > 0 && code is (SqliteCodes.Row or SqliteCodes.Done))
            Begin(columns);
        for (; code == SqliteCodes.Row; code = api.Step(statement))
        {
            if (columns > 0)
                Add(columns);
        }

        return code;
    }

    private void Begin(int count)
    {
        var columns = new RowColumn[count];
        for (var i = 0; i < count; i++)
            columns[i] = new RowColumn(Marshal.PtrToStringUTF8((nint)api.ColumnName(statement, i)) ?? "", Type: null);
        rows!.Begin(RowColumn.Distinct(columns));
    }

    private void Add(int count)
    {
        var values = new object?[count];
        for (var i = 0; i < count; i++)
            values[i] = Value(i);
        rows!.Add(values);
    }

    private object? Value(int column)
    {
        var value = new SqliteValue(api.Values, api.Values.Of(statement, column));
        return value.Type switch
        {
            SqliteType.Integer => value.Int64,
            SqliteType.Real => value.Double,
            SqliteType.Blob => value.Bytes.ToArray(),
            SqliteType.Text => value.Text,
            _ => null,
        };
    }
}
