using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// The native SQLite library in use: the newer of the operating system's and the bundled one. The operating system's must have what
/// migrations may rely on (FTS5, JSON, RTREE, column metadata). The environment variable <c>MIGRATIONS_SQLITE_LIBRARY</c> names another.
/// </summary>
internal sealed class SqliteLibrary
{
    public const string OverrideVariable = "MIGRATIONS_SQLITE_LIBRARY";

    // Pinned by Directory.Packages.props. Known here so that the bundled library is loaded only when it is used: loading it takes longer
    // than all else at the start.
    public const int BundledVersion = 3035005;

    private const string BundledName = "e_sqlite3";

    private static readonly Lazy<SqliteLibrary> Chosen = new(() => Choose(Environment.GetEnvironmentVariable(OverrideVariable)));

    private SqliteLibrary(SqliteApi api, string origin)
    {
        Api = api;
        Origin = origin;
        Number = api.VersionNumber;
        api.ForgoMemoryStatistics();
        api.UseJournalVfs();
    }

    /// <summary>The library of this process.</summary>
    /// <exception cref="MigrationException">None can be loaded.</exception>
    public static SqliteLibrary Current => Chosen.Value;

    public SqliteApi Api { get; }

    /// <summary>Where it came from.</summary>
    public string Origin { get; }

    /// <summary>For example 3040001.</summary>
    public int Number { get; }

    /// <summary>For example <c>3.40.1</c>.</summary>
    public string Version => VersionText(Number);

    /// <summary>For example <c>3.40.1 (operating system)</c>.</summary>
    public override string ToString() => $"{Version} ({Origin})";

    public static string VersionText(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{number / 1_000_000}.{number / 1000 % 1000}.{number % 1000}");

    /// <summary>Chooses a library.</summary>
    /// <param name="wanted">The path or name that the user gave; null or empty when none.</param>
    public static SqliteLibrary Choose(string? wanted)
    {
        if (!string.IsNullOrEmpty(wanted))
            return LoadWanted(wanted);
        if (FindSystem() is { } system && system.Number > BundledVersion)
            return system;
        if (LoadBundled() is { } bundled)
            return bundled;
        throw new MigrationException(
            ErrorId.DatabaseInvalid,
            "No SQLite library could be loaded: the operating system has none that serves, and the bundled one is not beside the program.",
            $"Install SQLite (on Debian: apt install libsqlite3-0), or name a library in the environment variable {OverrideVariable}."
        );
    }

    /// <summary>The library that came with the product; null when it is not there.</summary>
    public static SqliteLibrary? LoadBundled() =>
        NativeLibrary.TryLoad(BundledName, typeof(SqliteLibrary).Assembly, searchPath: null, out var library)
            ? new SqliteLibrary(new SqliteApi(library), "bundled")
            : null;

    private static SqliteLibrary LoadWanted(string name)
    {
        try
        {
            return new SqliteLibrary(new SqliteApi(NativeLibrary.Load(name)), name);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"The SQLite library '{name}' that {OverrideVariable} names could not be used: {e.Message}",
                $"Give {OverrideVariable} the full path of an SQLite library for {RuntimeInformation.RuntimeIdentifier}, or remove the variable.",
                e
            );
        }
    }

    private static SqliteLibrary? FindSystem()
    {
        foreach (var name in SystemNames())
        {
            if (!NativeLibrary.TryLoad(name, out var library))
                continue;
            try
            {
                var api = new SqliteApi(library);
                if (HasWhatIsNeeded(api))
                    return new SqliteLibrary(api, "operating system");
            }
            catch (EntryPointNotFoundException)
            {
                // Older or cut down: not usable, as if it were not there.
            }
        }

        return null;
    }

    private static string[] SystemNames()
    {
        if (OperatingSystem.IsWindows())
            // On x86 its functions have another calling convention.
            return RuntimeInformation.ProcessArchitecture == Architecture.X86 ? [] : ["winsqlite3.dll"];
        return OperatingSystem.IsMacOS() ? ["libsqlite3.dylib", "/usr/lib/libsqlite3.dylib"] : ["libsqlite3.so.0"];
    }

    private static bool HasWhatIsNeeded(SqliteApi api) =>
        Has(api, "ENABLE_FTS5")
        && Has(api, "ENABLE_RTREE")
        && (api.VersionNumber >= 3038000 ? !Has(api, "OMIT_JSON") : Has(api, "ENABLE_JSON1"))
        && NativeLibrary.TryGetExport(api.Library, "sqlite3_column_table_name", out _);

    private static unsafe bool Has(SqliteApi api, string option)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(option + '\0'))
            return api.CompileOptionUsed(name) != 0;
    }
}
