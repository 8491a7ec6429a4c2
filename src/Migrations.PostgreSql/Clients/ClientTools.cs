using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>
/// One installation of PostgreSQL's programs. <c>pg_dump</c> refuses a server that is newer than itself, and writes for its own version: so
/// the installation of the server's own version is taken, or else the next newer one (<see
/// href="https://www.postgresql.org/docs/current/app-pgdump.html#PG-DUMP-NOTES"/>).
/// </summary>
/// <param name="Folder">The folder of the programs.</param>
/// <param name="Version">Their major version.</param>
internal sealed record ClientTools(string Folder, int Version)
{
    private static readonly ConcurrentDictionary<string, int?> Versions = new(StringComparer.Ordinal);

    /// <summary>How long a dump waits for a table that another session has locked.</summary>
    public static string LockLimit(SessionOptions options) =>
        string.Create(CultureInfo.InvariantCulture, $"--lock-wait-timeout={Math.Max(1, (long)options.LockTimeout.TotalMilliseconds)}");

    /// <summary>Finds the client programs for a server.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ClientToolMissing"/> or <see
    /// cref="ErrorId.ClientToolOutdated"/>.</exception>
    public static ClientTools For(Version server)
    {
        var found = Installed("pg_dump", "pg_restore", "psql");
        if (found.Where(t => t.Version >= server.Major).MinBy(t => t.Version) is { } fitting)
            return fitting;
        var package = OperatingSystem.IsLinux()
            ? $"the package postgresql-client-{server.Major}"
            : $"the command line tools of PostgreSQL {server.Major}";
        if (found.MaxBy(t => t.Version) is { } newest)
        {
            throw new MigrationException(
                ErrorId.ClientToolOutdated,
                $"The server is PostgreSQL {server.Major}, and the newest pg_dump here is of version {newest.Version} "
                    + $"('{newest.Folder}'): it refuses newer servers.",
                $"Install {package}; it may stand beside the older one."
            );
        }

        throw new MigrationException(
            ErrorId.ClientToolMissing,
            "PostgreSQL's programs pg_dump, pg_restore and psql are not installed on this machine, or not on the PATH.",
            $"Install {package} (or a newer version)."
        );
    }

    /// <summary>
    /// The folder of a server's programs, of a version or the next newer one (the newest when none is named); null without one.
    /// </summary>
    public static ClientTools? Server(int? version)
    {
        var found = Installed("initdb", "postgres");
        return version is null ? found.MaxBy(t => t.Version) : found.Where(t => t.Version >= version).MinBy(t => t.Version);
    }

    /// <summary>The path of a program.</summary>
    public string PathOf(string program) =>
        Executable(Folder, program)
        ?? throw new MigrationException(
            ErrorId.ClientToolMissing,
            $"PostgreSQL's program {program} is not installed beside its pg_dump in '{Folder}'.",
            $"Install the client package of PostgreSQL {Version}."
        );

    private static List<ClientTools> Installed(params string[] programs) =>
        [
            .. Folders()
                .Distinct(StringComparer.Ordinal)
                .Where(f => Array.TrueForAll(programs, p => Executable(f, p) is not null))
                .Select(f => (Folder: f, Version: VersionOf(Executable(f, programs[0])!)))
                .Where(f => f.Version is not null)
                .Select(f => new ClientTools(f.Folder, f.Version!.Value)),
        ];

    private static IEnumerable<string> Folders()
    {
        foreach (
            var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
                Path.PathSeparator,
                StringSplitOptions.RemoveEmptyEntries
            )
        )
            yield return folder;
        string[] versioned =
        [
            "/usr/lib/postgresql", // Debian and Ubuntu keep these off the PATH.
            "/usr/pgsql",
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL"),
            "/Library/PostgreSQL",
            "/Applications/Postgres.app/Contents/Versions",
        ];
        foreach (var folder in versioned.SelectMany(f => Below(f, "*")))
            yield return Path.Combine(folder, "bin");
        foreach (
            var folder in Below("/usr", "pgsql-*")
                .Concat(Below("/opt/homebrew/opt", "postgresql*"))
                .Concat(Below("/usr/local/opt", "postgresql*"))
                .Concat(Below("/opt/homebrew/opt", "libpq*"))
        )
            yield return Path.Combine(folder, "bin");
    }

    private static string[] Below(string folder, string pattern)
    {
        try
        {
            return Path.IsPathRooted(folder) && Directory.Exists(folder) ? Directory.GetDirectories(folder, pattern) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The program; null when it is not there, or is Debian's wrapper, which chooses a version by rules of its own.</summary>
    private static string? Executable(string folder, string program)
    {
        var path = Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program);
        if (!File.Exists(path))
            return null;
        return File.ResolveLinkTarget(path, returnFinalTarget: true)?.Name is "pg_wrapper" ? null : path;
    }

    private static int? VersionOf(string path) =>
        Versions.GetOrAdd(
            path,
            static path =>
            {
                try
                {
                    using var process = Process.Start(
                        new ProcessStartInfo(path, "--version")
                        {
                            RedirectStandardOutput = true,
                            RedirectStandardError = true,
                            RedirectStandardInput = true,
                            UseShellExecute = false,
                        }
                    )!;
                    var words = process.StandardOutput.ReadToEnd().Split(' ', '.', '\n');
                    process.WaitForExit();
                    var at = Array.IndexOf(words, "(PostgreSQL)") + 1;
                    var digits = at < words.Length ? words[at].AsSpan() : default;
                    var length = digits.IndexOfAnyExceptInRange('0', '9'); // A version before its release: 19beta1.
                    return int.TryParse(
                        length < 0 ? digits : digits[..length],
                        NumberStyles.None,
                        CultureInfo.InvariantCulture,
                        out var version
                    )
                        ? version
                        : null;
                }
                catch (System.ComponentModel.Win32Exception)
                {
                    return null;
                }
            }
        );
}
