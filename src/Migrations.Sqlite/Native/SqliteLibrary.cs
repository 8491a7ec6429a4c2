using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// The native SQLite library in use: the one that comes with the product, or another that the environment variable
/// <c>MIGRATIONS_SQLITE_LIBRARY</c> names. The operating system's is not looked for: a process must hold one library only
/// (<see href="https://www.sqlite.org/howtocorrupt.html"/>, 2.2.1), and an application's is the one that its packages bring.
/// </summary>
internal sealed class SqliteLibrary
{
    public const string OverrideVariable = "MIGRATIONS_SQLITE_LIBRARY";

    /// <summary>The name under which packages bring it.</summary>
    public const string BundledName = "e_sqlite3";

    private const string Bundled = "bundled";

    // By its file's name it is found beside the application at once; by the bare name the system's folders would be searched before.
    private static readonly string BundledFile = OperatingSystem.IsWindows() ? BundledName : "lib" + BundledName;

    private static readonly Lazy<SqliteLibrary> Chosen = new(() => Choose(Environment.GetEnvironmentVariable(OverrideVariable)));

    private unsafe SqliteLibrary(SqliteApi api, string origin)
    {
        Api = api;
        Origin = origin;
        Number = api.VersionNumber;
        api.ForgoMemoryStatistics();
        api.Vfs = JournalVfs.Register(api.Library);
    }

    /// <summary>The library of this process.</summary>
    /// <exception cref="MigrationException">It cannot be loaded.</exception>
    public static SqliteLibrary Current => Chosen.Value;

    public SqliteApi Api { get; }

    /// <summary>Where it came from.</summary>
    public string Origin { get; }

    /// <summary>Whether it is the one that comes with the product.</summary>
    public bool IsBundled => Origin is Bundled;

    /// <summary>For example 3053004.</summary>
    public int Number { get; }

    /// <summary>For example <c>3.53.4</c>.</summary>
    public string Version => VersionText(Number);

    /// <summary>For example <c>3.53.4 (bundled)</c>.</summary>
    public override string ToString() => $"{Version} ({Origin})";

    public static string VersionText(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{number / 1_000_000}.{number / 1000 % 1000}.{number % 1000}");

    /// <summary>Chooses a library.</summary>
    /// <param name="wanted">The path or name that the user gave; null or empty when none.</param>
    /// <exception cref="MigrationException">It cannot be loaded.</exception>
    public static SqliteLibrary Choose(string? wanted)
    {
        var isNamed = !string.IsNullOrEmpty(wanted);
        try
        {
            var library = isNamed ? NativeLibrary.Load(wanted!) : NativeLibrary.Load(BundledFile, typeof(SqliteLibrary).Assembly, null);
            return new SqliteLibrary(new SqliteApi(library), isNamed ? wanted! : Bundled);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw isNamed ? Unusable(wanted!, e) : Missing(e);
        }
    }

    /// <summary>Whether the library was built with an option (<see href="https://sqlite.org/compile.html"/>), without "SQLITE_".</summary>
    public unsafe bool WasBuiltWith(string option)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(option + '\0'))
            return Api.CompileOptionUsed(name) != 0;
    }

    private static MigrationException Missing(Exception e) =>
        new(
            ErrorId.DatabaseInvalid,
            $"The SQLite library that comes with Migrations could not be loaded on {RuntimeInformation.RuntimeIdentifier}: {e.Message}",
            "Install Migrations again with all its files, or name a library of this machine in the environment variable "
                + $"{OverrideVariable}.",
            e
        );

    private static MigrationException Unusable(string name, Exception e) =>
        new(
            ErrorId.UsageInvalid,
            $"The SQLite library '{name}' that {OverrideVariable} names could not be used: {e.Message}",
            $"Give {OverrideVariable} the full path of an SQLite library for {RuntimeInformation.RuntimeIdentifier}, or "
                + "remove the variable.",
            e
        );
}
