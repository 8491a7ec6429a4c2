namespace Migrations.Sqlite.Native;

/// <summary>A connection that something else has opened and works with too, and that closes it.</summary>
internal interface ISharedConnection : IDisposable
{
    /// <summary>The <c>sqlite3*</c>.</summary>
    nint Pointer { get; }
}
