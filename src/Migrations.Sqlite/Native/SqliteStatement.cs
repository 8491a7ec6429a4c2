using System.Runtime.InteropServices;
using Migrations.Databases;

namespace Migrations.Sqlite.Native;

/// <summary>One compiled statement of the driver's own.</summary>
internal sealed unsafe class SqliteStatement(SqliteHandle handle, nint pointer) : IDisposable
{
    // SQLITE_TRANSIENT: SQLite copies the text.
    private const nint Transient = -1;
    private const int None = -1;

    private nint _pointer = pointer;
    private int _column = None;
    private nint _value;

    private SqliteApi Api => handle.Api;

    /// <summary>Sets a parameter, counted from 1.</summary>
    public void Bind(int index, string? value)
    {
        if (value is null)
        {
            handle.Check(handle.Api.BindNull(_pointer, index));
            return;
        }

        var bytes = SqliteHandle.NullTerminated(value);
        fixed (byte* text = bytes)
            handle.Check(handle.Api.BindText(_pointer, index, text, bytes.Length - 1, Transient));
    }

    /// <summary>Sets a parameter, counted from 1.</summary>
    public void Bind(int index, long? value) =>
        handle.Check(value is { } number ? handle.Api.BindInt64(_pointer, index, number) : handle.Api.BindNull(_pointer, index));

    /// <summary>Sets a parameter to a real, counted from 1.</summary>
    public void BindReal(int index, double value) => handle.Check(handle.Api.BindDouble(_pointer, index, value));

    /// <summary>Sets a parameter to a text of UTF-8, counted from 1.</summary>
    public void BindText(int index, ReadOnlySpan<byte> value)
    {
        // A pointer to nothing would be NULL.
        fixed (byte* text = value.IsEmpty ? "\0"u8 : value)
            handle.Check(handle.Api.BindText(_pointer, index, text, value.Length, Transient));
    }

    /// <summary>Sets a parameter to bytes, counted from 1.</summary>
    public void BindBlob(int index, ReadOnlySpan<byte> value)
    {
        fixed (byte* bytes = value.IsEmpty ? "\0"u8 : value)
            handle.Check(handle.Api.BindBlob(_pointer, index, bytes, value.Length, Transient));
    }

    /// <summary>Sets a parameter to a column's value of another statement, which may be another connection's.</summary>
    public void Bind(int index, SqliteStatement from, int column) =>
        handle.Check(handle.Api.BindValue(_pointer, index, from.Api.Values.Of(from._pointer, column)));

    /// <summary>Goes to the next row; false at the end.</summary>
    public bool Step()
    {
        handle.Watch.StartStatement();
        _column = None;
        var code = handle.Api.Step(_pointer);
        handle.Check(code);
        return code == SqliteCodes.Row;
    }

    /// <summary>Runs to the end and makes it ready to run again.</summary>
    public void Run()
    {
        try
        {
            while (Step()) { }
        }
        finally
        {
            _ = handle.Api.Reset(_pointer);
        }
    }

    /// <summary>Runs to the end once, and hands on its rows.</summary>
    /// <param name="rows">Takes them; null: they are passed over.</param>
    public void Run(IRowSink? rows)
    {
        handle.Watch.StartStatement();
        handle.Check(new QueryRows(handle.Api, _pointer, rows).StepThrough());
    }

    /// <summary>Makes it ready to run again.</summary>
    public void Reset() => _ = handle.Api.Reset(_pointer);

    /// <summary>How many columns a row has.</summary>
    public int Columns => handle.Api.ColumnCount(_pointer);

    /// <summary>A column's name.</summary>
    public string NameOf(int column) => Marshal.PtrToStringUTF8((nint)handle.Api.ColumnName(_pointer, column)) ?? "";

    /// <summary>How a value is stored.</summary>
    public SqliteType TypeOf(int column) => ValueOf(column).Type;

    public bool IsNull(int column) => TypeOf(column) == SqliteType.Null;

    public long Int64(int column) => ValueOf(column).Int64;

    public double Double(int column) => ValueOf(column).Double;

    /// <summary>A text as UTF-8, or a blob, in SQLite's own memory: valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => ValueOf(column).Bytes;

    public string? Text(int column) => ValueOf(column).Text;

    public void Dispose()
    {
        _ = handle.Api.FinalizeStatement(_pointer);
        _pointer = 0;
    }

    // What is asked of a value is mostly several things in a row.
    private SqliteValue ValueOf(int column)
    {
        if (_column != column)
            (_column, _value) = (column, Api.Values.Of(_pointer, column));
        return new SqliteValue(Api.Values, _value);
    }
}
