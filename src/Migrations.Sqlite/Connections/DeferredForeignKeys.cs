using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>The foreign keys that SQLite looks at when the transaction is committed.</summary>
internal static unsafe class DeferredForeignKeys
{
    // SQLITE_DBSTATUS_DEFERRED_FKS (https://sqlite.org/c3ref/c_dbstatus_options.html)
    private const int Pending = 10;

    /// <summary>Whether a row has no parent so far, so that a commit would fail.</summary>
    public static bool ArePending(SqliteHandle handle)
    {
        int current,
            highest;
        return new SqliteGuardApi(handle.Api.Library).Status(handle.Pointer, Pending, &current, &highest, 0) == SqliteCodes.Ok
            && current != 0;
    }
}
