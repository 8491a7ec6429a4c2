using System.Text;

namespace Migrations.Sqlite.Native;

/// <summary>A value of a row, valid until its statement goes on. Only one thread reads it.</summary>
/// <param name="api">The library.</param>
/// <param name="pointer">The value.</param>
internal readonly unsafe struct SqliteValue(SqliteValueApi api, nint pointer)
{
    /// <summary>How it is stored; asked before it is read in another form, which may change it.</summary>
    public SqliteType Type => (SqliteType)api.Type(pointer);

    public long Int64 => api.Int64(pointer);

    public double Double => api.Double(pointer);

    /// <summary>A text as UTF-8, or a blob, in SQLite's own memory.</summary>
    public ReadOnlySpan<byte> Bytes =>
        Type == SqliteType.Blob ? new ReadOnlySpan<byte>(api.Blob(pointer), api.Bytes(pointer)) : Utf8(api.Text(pointer));

    /// <summary>The text, or what SQLite makes of the value as a text; null for NULL.</summary>
    public string? Text
    {
        get
        {
            var text = api.Text(pointer);
            return text is null && Type == SqliteType.Null ? null : Encoding.UTF8.GetString(Utf8(text));
        }
    }

    // There is no text of NULL, and where memory does not suffice to make it.
    private ReadOnlySpan<byte> Utf8(byte* text) =>
        text is not null ? new ReadOnlySpan<byte>(text, api.Bytes(pointer))
        : Type == SqliteType.Null ? []
        : throw new SqliteFailure(SqliteCodes.OutOfMemory, "out of memory");
}
