using System.Runtime.InteropServices;

namespace Migrations.Sqlite.Native;

/// <summary>
/// The functions of one SQLite library, bound when it is loaded. Bound by hand, because which library is used is decided at run time, newer
/// functions are used only where they exist, and a start must not pay for generated marshalling.
/// </summary>
internal sealed unsafe class SqliteApi
{
    private const int ConfigureMemoryStatistics = 9;

    // On Apple's ARM64, variable arguments are passed on the stack: spare arguments use up the eight registers before them.
    private static readonly bool PadsVariableArguments =
        OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public readonly delegate* unmanaged[Cdecl]<byte*, nint*, int, byte*, int> Open;
    public readonly delegate* unmanaged[Cdecl]<nint, int> Close;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, int, nint*, byte**, int> Prepare;
    public readonly delegate* unmanaged[Cdecl]<nint, int> Step;
    public readonly delegate* unmanaged[Cdecl]<nint, int> Reset;
    public readonly delegate* unmanaged[Cdecl]<nint, int> FinalizeStatement;
    public readonly delegate* unmanaged[Cdecl]<nint, int, byte*, int, nint, int> BindText;
    public readonly delegate* unmanaged[Cdecl]<nint, int, byte*, int, nint, int> BindBlob;
    public readonly delegate* unmanaged[Cdecl]<nint, int, double, int> BindDouble;
    public readonly delegate* unmanaged[Cdecl]<nint, int, long, int> BindInt64;
    public readonly delegate* unmanaged[Cdecl]<nint, int, int> BindNull;
    public readonly delegate* unmanaged[Cdecl]<nint, int, nint, int> BindValue;
    public readonly delegate* unmanaged[Cdecl]<nint, int> ColumnCount;
    public readonly delegate* unmanaged[Cdecl]<nint, int, byte*> ColumnName;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*> ErrorMessage;
    public readonly delegate* unmanaged[Cdecl]<int, byte*> ErrorText;
    public readonly delegate* unmanaged[Cdecl]<nint, int> ExtendedErrorCode;
    public readonly delegate* unmanaged[Cdecl]<nint, int, int> ExtendedResultCodes;
    public readonly delegate* unmanaged[Cdecl]<nint, int> GetAutocommit;
    public readonly delegate* unmanaged[Cdecl]<nint, int, delegate* unmanaged[Cdecl]<nint, int>, nint, void> ProgressHandler;
    public readonly delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<nint, int, int>, nint, int> BusyHandler;
    public readonly delegate* unmanaged[Cdecl]<
        nint,
        delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, long, void>,
        nint,
        nint> UpdateHook;
    public readonly delegate* unmanaged[Cdecl]<
        nint,
        delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, byte*, byte*, int>,
        nint,
        int> SetAuthorizer;
    public readonly delegate* unmanaged[Cdecl]<byte*, int> CompileOptionUsed;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, int> IsReadOnly;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, int, int*, int> FileControl;

    private SqliteSnapshotApi? _snapshots;

    private readonly delegate* unmanaged[Cdecl]<int> _versionNumber;
    private readonly delegate* unmanaged[Cdecl]<nint, int> _totalChanges;
    private readonly delegate* unmanaged[Cdecl]<nint, long> _totalChanges64;
    private readonly delegate* unmanaged[Cdecl]<nint, int> _errorOffset;
    private readonly delegate* unmanaged[Cdecl]<nint, int, nint, nint, int> _configure;

    public SqliteApi(nint library)
    {
        Library = library;
        Copy = new SqliteCopyApi(library);
        Values = new SqliteValueApi(library);
        Open = (delegate* unmanaged[Cdecl]<byte*, nint*, int, byte*, int>)Find("sqlite3_open_v2");
        Close = (delegate* unmanaged[Cdecl]<nint, int>)Find("sqlite3_close_v2");
        Prepare = (delegate* unmanaged[Cdecl]<nint, byte*, int, nint*, byte**, int>)Find("sqlite3_prepare_v2");
        Step = (delegate* unmanaged[Cdecl]<nint, int>)Find("sqlite3_step");
        Reset = (delegate* unmanaged[Cdecl]<nint, int>)Find("sqlite3_reset");
        FinalizeStatement = (delegate* unmanaged[Cdecl]<nint, int>)Find("sqlite3_finalize");
        BindText = (delegate* unmanaged[Cdecl]<nint, int, byte*, int, nint, int>)Find("sqlite3_bind_text");
        BindBlob = (delegate* unmanaged[Cdecl]<nint, int, byte*, int, nint, int>)Find("sqlite3_bind_blob");
        BindDouble = (delegate* unmanaged[Cdecl]<nint, int, double, int>)Find("sqlite3_bind_double");
        BindInt64 = (delegate* unmanaged[Cdecl]<nint, int, long, int>)Find("sqlite3_bind_int64");
        BindNull = (delegate* unmanaged[Cdecl]<nint, int, int>)Find("sqlite3_bind_null");
        BindValue = (delegate* unmanaged[Cdecl]<nint, int, nint, int>)Find("sqlite3_bind_value");
        ColumnCount = (delegate* unmanaged[Cdecl]<nint, int>)Find("sqlite3_column_count");
        ColumnName = (delegate* unmanaged[Cdecl]<nint, int, byte*>)Find("sqlite3_column_name");
        ErrorMessage = (delegate* unmanaged[Cdecl]<nint, byte*>)Find("sqlite3_errmsg");
        ErrorText = (delegate* unmanaged[Cdecl]<int, byte*>)Find("sqlite3_errstr");
        ExtendedErrorCode = (delegate* unmanaged[Cdecl]<nint, int>)Find("sqlite3_extended_errcode");
        ExtendedResultCodes = (delegate* unmanaged[Cdecl]<nint, int, int>)Find("sqlite3_extended_result_codes");
        GetAutocommit = (delegate* unmanaged[Cdecl]<nint, int>)Find("sqlite3_get_autocommit");
        ProgressHandler = (delegate* unmanaged[Cdecl]<nint, int, delegate* unmanaged[Cdecl]<nint, int>, nint, void>)Find(
            "sqlite3_progress_handler"
        );
        BusyHandler = (delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<nint, int, int>, nint, int>)Find("sqlite3_busy_handler");
        UpdateHook = (delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, long, void>, nint, nint>)Find(
            "sqlite3_update_hook"
        );
        SetAuthorizer = (delegate* unmanaged[Cdecl]<
            nint,
            delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, byte*, byte*, int>,
            nint,
            int>)Find("sqlite3_set_authorizer");
        CompileOptionUsed = (delegate* unmanaged[Cdecl]<byte*, int>)Find("sqlite3_compileoption_used");
        IsReadOnly = (delegate* unmanaged[Cdecl]<nint, byte*, int>)Find("sqlite3_db_readonly");
        FileControl = (delegate* unmanaged[Cdecl]<nint, byte*, int, int*, int>)Find("sqlite3_file_control");
        _versionNumber = (delegate* unmanaged[Cdecl]<int>)Find("sqlite3_libversion_number");
        _totalChanges = (delegate* unmanaged[Cdecl]<nint, int>)Find("sqlite3_total_changes");
        _totalChanges64 = (delegate* unmanaged[Cdecl]<nint, long>)FindOptional("sqlite3_total_changes64");
        _errorOffset = (delegate* unmanaged[Cdecl]<nint, int>)FindOptional("sqlite3_error_offset");
        _configure = (delegate* unmanaged[Cdecl]<nint, int, nint, nint, int>)Find("sqlite3_db_config");
    }

    private delegate* unmanaged[Cdecl]<nint, int, nint, nint, nint, nint, nint, nint, nint, nint, int> ConfigurePadded =>
        (delegate* unmanaged[Cdecl]<nint, int, nint, nint, nint, nint, nint, nint, nint, nint, int>)_configure;

    /// <summary>The library's handle.</summary>
    public nint Library { get; }

    /// <summary>The functions that copy whole databases.</summary>
    public SqliteCopyApi Copy { get; }

    /// <summary>The functions that read values of rows.</summary>
    public SqliteValueApi Values { get; }

    /// <summary>The functions that let several connections read one state.</summary>
    public SqliteSnapshotApi Snapshots => _snapshots ??= new SqliteSnapshotApi(Library);

    /// <summary>The VFS that databases are opened with from now on; null for the usual one.</summary>
    public byte* Vfs { get; set; }

    /// <summary>For example 3040001.</summary>
    public int VersionNumber => _versionNumber();

    /// <summary>
    /// Rows inserted, updated and deleted since the connection was opened (<see href="https://sqlite.org/c3ref/total_changes.html"/>).
    /// </summary>
    public long TotalChanges(nint db) => _totalChanges64 is not null ? _totalChanges64(db) : _totalChanges(db);

    /// <summary>Where in the text the last error is, in bytes; -1 when that is not known or the library is older than 3.38.</summary>
    public int ErrorOffset(nint db) => _errorOffset is not null ? _errorOffset(db) : -1;

    /// <summary>
    /// Switches a setting of a connection (<see href="https://sqlite.org/c3ref/c_dbconfig_defensive.html"/>) and reads it back.
    /// </summary>
    /// <returns>What it is afterwards; null where the library does not know the setting.</returns>
    public bool? Configure(nint db, int setting, bool on)
    {
        var value = on ? 1 : 0;
        var inForce = -1;
        var code = PadsVariableArguments
            ? ConfigurePadded(db, setting, 0, 0, 0, 0, 0, 0, value, (nint)(&inForce))
            : _configure(db, setting, value, (nint)(&inForce));
        return code != SqliteCodes.Ok || inForce < 0 ? null : inForce != 0;
    }

    /// <summary>
    /// Keeps the library from keeping count of its memory, for which it takes a lock with each of its many small allocations: a sixth of
    /// the time of long scripts, and <see href="https://sqlite.org/compile.html#default_memstatus">not recommended</see> by its makers.
    /// Without effect once anyone in the process has opened a database with it.
    /// </summary>
    public void ForgoMemoryStatistics()
    {
        var configure = FindOptional("sqlite3_config");
        if (configure == 0)
            return;
        if (PadsVariableArguments)
            _ = ((delegate* unmanaged[Cdecl]<int, nint, nint, nint, nint, nint, nint, nint, nint, int>)configure)(
                ConfigureMemoryStatistics,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0
            );
        else
            _ = ((delegate* unmanaged[Cdecl]<int, nint, int>)configure)(ConfigureMemoryStatistics, 0);
    }

    private nint Find(string name) => NativeLibrary.GetExport(Library, name);

    private nint FindOptional(string name) => NativeLibrary.TryGetExport(Library, name, out var address) ? address : 0;
}
