using System.Runtime.InteropServices;

namespace Migrations.Sqlite.Native;

/// <summary>
/// Copies one database over another, page by page (<see href="https://sqlite.org/c3ref/backup_finish.html"/>), in one transaction of the
/// destination: before the last step it is as it was. The source stays one snapshot when it has a read transaction open; without one, each
/// write by others restarts the copy.
/// </summary>
internal sealed unsafe class SqlitePageCopy : IDisposable
{
    private readonly SqliteApi _api;
    private nint _copy;

    /// <summary>Begins.</summary>
    /// <exception cref="SqliteFailure">The destination is in use by its own connection.</exception>
    public SqlitePageCopy(SqliteHandle source, SqliteHandle destination)
    {
        _api = source.Api;
        fixed (byte* main = "main"u8)
            _copy = _api.Copy.Begin(destination.Pointer, main, source.Pointer, main);
        if (_copy == 0)
            throw destination.Failure();
    }

    /// <summary>How many pages are left; known after the first step.</summary>
    public int Remaining => _api.Copy.Remaining(_copy);

    /// <summary>How many pages there are; known after the first step.</summary>
    public int Pages => _api.Copy.PageCount(_copy);

    /// <summary>Copies pages; false when all are copied and committed.</summary>
    /// <exception cref="SqliteFailure">A page cannot be read or written, or another connection stands in the way.</exception>
    public bool Step(int pages)
    {
        var code = _api.Copy.Step(_copy, pages);
        return code switch
        {
            SqliteCodes.Ok => true,
            SqliteCodes.Done => false,
            _ => throw new SqliteFailure(code, Marshal.PtrToStringUTF8((nint)_api.ErrorText(code)) ?? ""),
        };
    }

    /// <summary>Ends; what is not copied completely is rolled back.</summary>
    public void Dispose()
    {
        if (_copy != 0)
            _ = _api.Copy.End(_copy);
        _copy = 0;
    }
}
