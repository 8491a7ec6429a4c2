using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Migrations.Sqlite.Native;

/// <summary>
/// Confines a connection to its database: what would reach another file is refused when SQLite compiles it (<see
/// href="https://sqlite.org/c3ref/set_authorizer.html"/>). VACUUM INTO is seen as the ATTACH that it is made of, and a plain VACUUM as one
/// without a name.
/// </summary>
internal sealed unsafe class SqliteConfinement : IDisposable
{
    // https://sqlite.org/c3ref/c_alter_table.html
    private const int Pragma = 19;
    private const int Attach = 24;
    private const int Function = 31;
    private const int Deny = 1;

    private const string Memory = ":memory:";

    // Folders and files that SQLite is to use from then on, in the whole process.
    private static readonly string[] Pragmas = ["temp_store_directory", "data_store_directory", "lock_proxy_file"];

    // The second registers a function of the process by its address.
    private static readonly string[] Functions = ["load_extension", "fts3_tokenizer"];

    private readonly SqliteHandle _handle;
    private readonly GCHandle _self;
    private SqliteReach? _refused;

    public SqliteConfinement(SqliteHandle handle)
    {
        _handle = handle;
        _self = GCHandle.Alloc(this);
        _ = handle.Api.SetAuthorizer(handle.Pointer, &OnAction, GCHandle.ToIntPtr(_self));
    }

    /// <summary>What was refused since this was last asked; null when nothing was.</summary>
    public SqliteReach? Take()
    {
        var refused = _refused;
        _refused = null;
        return refused;
    }

    public void Dispose()
    {
        _ = _handle.Api.SetAuthorizer(_handle.Pointer, null, 0);
        _self.Free();
    }

    /// <summary>
    /// Whether a database that is to be attached lives in memory or in a temporary file without a name, by how SQLite reads its name.
    /// </summary>
    /// <remarks>Only what surely does: parameters that are escaped, repeated or choose a VFS are not followed (<see
    /// href="https://sqlite.org/uri.html"/>).</remarks>
    internal static bool IsOfItsOwn(string? name)
    {
        if (name is "" or Memory)
            return true;
        if (
            name is null
            || !name.StartsWith("file:", StringComparison.Ordinal)
            || name.Contains('%', StringComparison.Ordinal)
            || name.Contains('#', StringComparison.Ordinal)
        )
            return false;
        var query = name.IndexOf('?', StringComparison.Ordinal);
        string[] parameters = query < 0 ? [] : name[(query + 1)..].Split('&');
        if (Array.Exists(parameters, p => p.StartsWith("vfs", StringComparison.Ordinal)))
            return false;
        var modes = Array.FindAll(parameters, p => p.StartsWith("mode", StringComparison.Ordinal));
        return modes.Length > 0 ? Array.TrueForAll(modes, m => m is "mode=memory") : (query < 0 ? name : name[..query]) is "file:" + Memory;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnAction(nint self, int action, byte* first, byte* second, byte* database, byte* trigger)
    {
        if (action is not (Pragma or Attach or Function))
            return SqliteCodes.Ok;
        var reach = Judge(action, Marshal.PtrToStringUTF8((nint)first), Marshal.PtrToStringUTF8((nint)second));
        if (reach is null)
            return SqliteCodes.Ok;
        ((SqliteConfinement)GCHandle.FromIntPtr(self).Target!)._refused = reach;
        return Deny;
    }

    private static SqliteReach? Judge(int action, string? first, string? second) =>
        action switch
        {
            Attach => IsOfItsOwn(first)
                ? null
                : new SqliteReach("ATTACH DATABASE", first is null ? "a name that it computes" : $"'{first}'"),
            Pragma => second is not null && Pragmas.Contains(first, SqliteNames.Comparer) ? new SqliteReach("PRAGMA", first) : null,
            _ => Functions.Contains(second, SqliteNames.Comparer) ? new SqliteReach("the function", second + "()") : null,
        };
}
