using Xunit;
using Xunit.Sdk;

namespace Migrations.Testing;

/// <summary>
/// What a test needs from the machine. Where it is lacking the test is skipped visibly (in a <c>[Fact]</c>), except with <c>CI=true</c>
/// when it could have been installed: then the test fails, so that no pipeline is green for lack of parts.
/// </summary>
public static class Prerequisite
{
    private static bool InPipeline => string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The folder of <c>initdb</c> and <c>postgres</c>.</summary>
    public static string PostgreSqlBinaries() =>
        Need(Testing.PostgreSqlBinaries.Find(), "PostgreSQL's server (initdb, postgres)", installable: true);

    /// <summary>The path of <c>psql</c>; the real binary, not Debian's wrapper.</summary>
    public static string Psql() => Client("psql");

    /// <summary>The path of <c>pg_dump</c>; the real binary, not Debian's wrapper.</summary>
    public static string PgDump() => Client("pg_dump");

    /// <summary>The path of the <c>sqlite3</c> shell.</summary>
    public static string Sqlite3() => Need(Executable.OnPath("sqlite3"), "the sqlite3 shell", installable: true);

    /// <summary>The path of <c>strace</c>, which Linux only has.</summary>
    public static string Strace() => Need(Executable.OnPath("strace"), "strace", installable: OperatingSystem.IsLinux());

    /// <summary>The path of PgBouncer.</summary>
    public static string PgBouncer() =>
        Need(Executable.OnPath("pgbouncer") ?? Executable.In("/usr/sbin", "pgbouncer"), "pgbouncer", installable: false);

    /// <summary>The path of wrangler, of the variable <c>MIGRATIONS_WRANGLER</c> or on the PATH.</summary>
    public static string Wrangler() => Other("wrangler");

    /// <summary>The path of Litestream, of the variable <c>MIGRATIONS_LITESTREAM</c> or on the PATH.</summary>
    public static string Litestream() => Other("litestream");

    /// <summary>Needs a PostgreSQL server of at least this major version.</summary>
    public static void PostgreSqlVersion(int major) =>
        Assert.SkipWhen(
            PostgreSqlServer.Shared.MajorVersion < major,
            $"It came with PostgreSQL {major}; this is {PostgreSqlServer.Shared.MajorVersion}."
        );

    /// <summary>Needs an SQLite library of at least this version.</summary>
    public static void SqliteVersion(int major, int minor) =>
        Need(
            SqliteTestDatabase.LibraryVersion >= new Version(major, minor) ? "present" : null,
            $"SQLite {major}.{minor}",
            installable: true
        );

    /// <summary>Skips the test unless signals can be sent to processes.</summary>
    public static void Signals() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGINT to send.");

    /// <summary>
    /// What a skip says, without the mark by which xunit knows it
    /// (https://xunit.net/docs/getting-started/v3/whats-new, "Dynamically skippable tests").
    /// </summary>
    public static string ReasonOf(SkipException skip) => skip.Message.Replace("$XunitDynamicSkip$", "", StringComparison.Ordinal);

    private static string Other(string name)
    {
        var variable = "MIGRATIONS_" + name.ToUpperInvariant();
        var named = Environment.GetEnvironmentVariable(variable);
        return string.IsNullOrEmpty(named) ? Need(Executable.OnPath(name), $"{name} ({variable}, or on the PATH)", installable: false)
            : File.Exists(named) ? named
            : throw new InvalidOperationException($"{variable} names '{named}', which is not there.");
    }

    private static string Client(string name) => Need(Testing.PostgreSqlBinaries.FindClient(name), name, installable: true);

    private static string Need(string? found, string what, bool installable)
    {
        if (found is not null)
            return found;
        if (installable && InPipeline)
            throw new InvalidOperationException(
                $"{what} is not installed on this machine, and with CI=true that is a failure: install it (see .ci/run)."
            );
        throw SkipException.ForSkip($"{what} is not installed on this machine.");
    }
}
