using System.Data;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Migrations.Sqlite.Native;
using SQLitePCL;

namespace Migrations.Sqlite;

/// <summary>
/// A connection of Microsoft.Data.Sqlite over the product's own library, which migrations in code are given and whose <c>sqlite3*</c> the
/// engine works with too. Opened only where such a migration may run: nothing of the provider is loaded otherwise.
/// </summary>
internal sealed class SqliteCodeConnection : ISharedConnection
{
    private static readonly Lazy<bool> Provider = new(SetProvider);

    private readonly sqlite3 _handle;
    private SqliteTransaction? _transaction;

    private SqliteCodeConnection(Microsoft.Data.Sqlite.SqliteConnection connection)
    {
        Connection = connection;
        _handle = connection.Handle!;
        // Code that closes the connection must not take the engine's away.
        var isHeld = false;
        _handle.DangerousAddRef(ref isHeld);
    }

    /// <summary>The connection.</summary>
    public Microsoft.Data.Sqlite.SqliteConnection Connection { get; }

    /// <summary>The transaction that is open; null without one.</summary>
    public SqliteTransaction? Transaction => _transaction;

    /// <summary>Whether the transaction that was begun here is still open, as far as its provider knows.</summary>
    public bool IsInTransaction => _transaction?.Connection is not null;

    /// <summary>Whether it is open; code may have closed it, and the engine goes on with the handle.</summary>
    public bool IsOpen => Connection.State == System.Data.ConnectionState.Open;

    /// <summary>The <c>sqlite3*</c>.</summary>
    public nint Pointer => _handle.DangerousGetHandle();

    /// <summary>Opens a database.</summary>
    /// <param name="source">A full path, <c>:memory:</c>, or a <c>file:</c> URI.</param>
    /// <param name="flags">How to open it, as <see cref="SqliteHandle.Open"/> takes them.</param>
    /// <exception cref="SqliteFailure">SQLite cannot open it.</exception>
    public static SqliteCodeConnection Open(string source, int flags)
    {
        _ = Provider.Value;
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = source,
            Mode = (flags & SqliteHandle.OpenCreate) != 0 ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
            Pooling = false,
        };
        var connection = new OpenOnce(text.ConnectionString);
        try
        {
            connection.Open();
            return new SqliteCodeConnection(connection);
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw new SqliteFailure(e.SqliteExtendedErrorCode, e.Message);
        }
    }

    /// <summary>Begins a transaction that the provider knows of.</summary>
    /// <exception cref="SqliteFailure">Another connection writes.</exception>
    public void Begin(SqliteHandle handle) =>
        Call(handle, () => _transaction = Connection.BeginTransaction(IsolationLevel.Serializable, deferred: false));

    /// <summary>Commits it.</summary>
    /// <exception cref="SqliteFailure">SQLite refuses.</exception>
    public void Commit(SqliteHandle handle)
    {
        Call(handle, () => _transaction!.Commit());
        Forget();
    }

    /// <summary>The transaction is over, and so is one that code has begun itself.</summary>
    public void Forget()
    {
        Forget(_transaction);
        _transaction = null;
        if (!IsOpen)
            return;
        // Its commands have the transaction that the provider takes for the open one.
        using var command = Connection.CreateCommand();
        Forget(command.Transaction);
    }

    private void Forget(SqliteTransaction? transaction)
    {
        try
        {
            transaction?.Dispose();
        }
        catch (SqliteException)
        {
            // It was ended without the provider's knowledge, which wants to roll something back.
            _ = raw.sqlite3_exec(_handle, "BEGIN");
            transaction!.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Forget();
        Connection.Dispose();
        _handle.DangerousRelease();
    }

    private void Call(SqliteHandle handle, Action call)
    {
        handle.Watch.StartStatement();
        var timeout = Connection.DefaultTimeout;
        // The provider tries again for so many seconds after the engine's own watch has given up.
        Connection.DefaultTimeout = 1;
        try
        {
            call();
        }
        catch (SqliteException e)
        {
            throw new SqliteFailure(e.SqliteExtendedErrorCode, handle.Failure().Message);
        }
        finally
        {
            Connection.DefaultTimeout = timeout;
        }
    }

    /// <summary>Makes the provider use the library that the engine uses.</summary>
    private static bool SetProvider()
    {
        var library = SqliteLibrary.Current;
        if (!library.IsBundled)
        {
            try
            {
                NativeLibrary.SetDllImportResolver(
                    typeof(SQLite3Provider_e_sqlite3).Assembly,
                    (name, _, _) => name is SqliteLibrary.BundledName ? library.Api.Library : 0
                );
            }
            catch (InvalidOperationException)
            {
                // The application has one of its own: whether it leads to the same library is looked at.
            }
        }

        Batteries_V2.Init();
        if (raw.sqlite3_libversion_number() == library.Number)
            return true;
        throw new MigrationException(
            ErrorId.DatabaseInvalid,
            $"Migrations in code cannot run: SQLitePCLRaw has loaded SQLite {SqliteLibrary.VersionText(raw.sqlite3_libversion_number())} "
                + $"in this process, and the engine works with {library}.",
            "Let the application use the package SQLitePCLRaw.bundle_e_sqlite3 of this product, or remove "
                + $"{SqliteLibrary.OverrideVariable}."
        );
    }

    /// <summary>A connection that is not opened again: what code did there would not be the run's.</summary>
    private sealed class OpenOnce(string text) : Microsoft.Data.Sqlite.SqliteConnection(text)
    {
        private bool _wasOpen;

        public override void Open()
        {
            if (_wasOpen)
                throw new InvalidOperationException("The connection is the run's: code that has closed it cannot open it again");
            _wasOpen = true;
            base.Open();
        }
    }
}
