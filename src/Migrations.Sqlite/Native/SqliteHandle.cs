using System.Runtime.InteropServices;
using System.Text;

namespace Migrations.Sqlite.Native;

/// <summary>One open connection. Not safe for concurrent use.</summary>
internal sealed unsafe class SqliteHandle : IDisposable
{
    public const int OpenReadOnly = 0x1;
    public const int OpenReadWrite = 0x2;
    public const int OpenCreate = 0x4;
    private const int OpenUri = 0x40;
    private const int HasMovedControl = 20;
    private const int OpenNoMutex = 0x8000;

    private nint _db;
    private SqliteConfinement? _confinement;

    private SqliteHandle(SqliteApi api, nint db, ISharedConnection? shared)
    {
        Api = api;
        _db = db;
        Shared = shared;
        Watch = new SqliteWatch();
        Watch.Attach(api, db);
        _ = api.ExtendedResultCodes(db, 1);
    }

    /// <summary>The library's functions.</summary>
    public SqliteApi Api { get; }

    /// <summary>Who has opened the connection and works with it too; null where no one does.</summary>
    public ISharedConnection? Shared { get; }

    /// <summary>What interrupts statements and ends waiting.</summary>
    public SqliteWatch Watch { get; }

    /// <summary>The <c>sqlite3*</c>.</summary>
    public nint Pointer => _db;

    /// <summary>Whether what would reach another file is refused.</summary>
    public bool IsConfined => _confinement is not null;

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => Api.GetAutocommit(_db) == 0;

    /// <summary>Whether the file can only be read, by its permissions or by how it was opened.</summary>
    public bool IsReadOnly
    {
        get
        {
            fixed (byte* name = "main"u8)
                return Api.IsReadOnly(_db, name) == 1;
        }
    }

    /// <summary>
    /// Whether the file that is open is no longer the one of its name: deleted, renamed, or another put in its place
    /// (<see href="https://sqlite.org/c3ref/c_fcntl_begin_atomic_write.html">SQLITE_FCNTL_HAS_MOVED</see>; always false where an open file
    /// cannot be moved).
    /// </summary>
    public bool HasMoved
    {
        get
        {
            var moved = 0;
            fixed (byte* name = "main"u8)
                return Api.FileControl(_db, name, HasMovedControl, &moved) == SqliteCodes.Ok && moved != 0;
        }
    }

    /// <summary>Whether journals can be kept without waiting for their folder each time.</summary>
    public bool KnowsKeptJournals => Api.Vfs is not null;

    /// <summary>What counts the changes of this connection by table; null without. A connection has room for one hook.</summary>
    public SqliteChangeWatch? Changes { get; set; }

    /// <summary>Rows inserted, updated and deleted so far.</summary>
    public long TotalChanges => Api.TotalChanges(_db);

    /// <summary>Opens a database. Nothing of it has been read yet.</summary>
    /// <param name="api">The library.</param>
    /// <param name="name">A full path, <c>:memory:</c>, or a <c>file:</c> URI.</param>
    /// <param name="flags">How to open it.</param>
    /// <exception cref="SqliteFailure">SQLite cannot open it.</exception>
    public static SqliteHandle Open(SqliteApi api, string name, int flags)
    {
        nint db;
        int code;
        fixed (byte* text = NullTerminated(name))
            code = api.Open(text, &db, flags | OpenUri | OpenNoMutex, api.Vfs);
        if (code == SqliteCodes.Ok)
            return new SqliteHandle(api, db, shared: null);
        var failure = new SqliteFailure(
            db == 0 ? code : api.ExtendedErrorCode(db),
            db == 0 ? "out of memory" : Marshal.PtrToStringUTF8((nint)api.ErrorMessage(db))!
        );
        _ = api.Close(db);
        throw failure;
    }

    /// <summary>Works with a connection that is open, and closes it in the end.</summary>
    public static SqliteHandle Of(SqliteApi api, ISharedConnection shared) => new(api, shared.Pointer, shared);

    /// <summary>Refuses what would reach another file, until the connection is closed or released.</summary>
    public void Confine() => _confinement ??= new SqliteConfinement(this);

    /// <summary>Lets it reach other files again.</summary>
    public void Release()
    {
        _confinement?.Dispose();
        _confinement = null;
    }

    /// <summary>Compiles one statement.</summary>
    /// <exception cref="SqliteFailure">SQLite refuses it.</exception>
    public SqliteStatement Prepare(string sql)
    {
        nint statement;
        fixed (byte* text = NullTerminated(sql))
            Check(Api.Prepare(_db, text, -1, &statement, null));
        return new SqliteStatement(this, statement);
    }

    /// <summary>Runs one statement and drops its rows.</summary>
    /// <exception cref="SqliteFailure">SQLite refuses it.</exception>
    public void Execute(string sql)
    {
        using var statement = Prepare(sql);
        statement.Run();
    }

    /// <summary>The first column of the first row as a number; null when there is no row or it is NULL.</summary>
    public long? QueryInt64(string sql, string? argument = null)
    {
        using var statement = Prepare(sql);
        if (argument is not null)
            statement.Bind(1, argument);
        return statement.Step() && !statement.IsNull(0) ? statement.Int64(0) : null;
    }

    /// <summary>The first column of the first row as text; null when there is no row or it is NULL.</summary>
    public string? QueryText(string sql, string? argument = null)
    {
        using var statement = Prepare(sql);
        if (argument is not null)
            statement.Bind(1, argument);
        return statement.Step() ? statement.Text(0) : null;
    }

    /// <summary>Throws unless the code is a success.</summary>
    public void Check(int code)
    {
        if (code is not (SqliteCodes.Ok or SqliteCodes.Row or SqliteCodes.Done))
            throw Failure();
    }

    /// <summary>The last error.</summary>
    public SqliteFailure Failure()
    {
        var offset = Api.ErrorOffset(_db);
        return new SqliteFailure(
            Api.ExtendedErrorCode(_db),
            Marshal.PtrToStringUTF8((nint)Api.ErrorMessage(_db)) ?? "",
            offset >= 0 ? offset : null
        )
        {
            Reach = _confinement?.Take(),
        };
    }

    public void Dispose()
    {
        if (_db == 0)
            return;
        Release();
        if (Shared is null)
            _ = Api.Close(_db);
        else
            Shared.Dispose();
        _db = 0;
        Watch.Dispose();
    }

    /// <summary>A name or text as SQLite wants it.</summary>
    public static byte[] NullTerminated(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }
}
