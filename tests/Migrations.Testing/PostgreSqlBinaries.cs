namespace Migrations.Testing;

/// <summary>
/// Finds an installed PostgreSQL server: that of the folder which <c>MIGRATIONS_TEST_POSTGRES</c> names, or else the newest. A folder that
/// is named comes first on the PATH, too, where the engine looks for PostgreSQL's client programs.
/// </summary>
public static class PostgreSqlBinaries
{
    private static readonly Lazy<string?> Named = new(PutOnPath, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>The URL of a server, or the folder of a server's programs; null for whatever is installed.</summary>
    public static string? Setting =>
        Environment.GetEnvironmentVariable("MIGRATIONS_TEST_POSTGRES") is { Length: > 0 } setting ? setting : null;

    /// <summary>Whether <see cref="Setting"/> is a running server's URL.</summary>
    public static bool IsServerNamed => Setting?.Contains("://", StringComparison.Ordinal) == true;

    /// <summary>The folder that has both <c>initdb</c> and <c>postgres</c>; null when there is none.</summary>
    public static string? Find() => Named.Value ?? Candidates().FirstOrDefault(HasServer);

    /// <summary>A client program, of the server's own folder or of another one that is not older; null when there is none.</summary>
    /// <param name="name">The program's name.</param>
    public static string? FindClient(string name)
    {
        if (Find() is not { } folder)
            return Executable.OnPath(name);
        var server = Executable.MajorVersion(Executable.In(folder, "postgres")!);
        return Candidates()
            .Prepend(folder)
            .Select(f => Executable.In(f, name))
            .FirstOrDefault(p => p is not null && Executable.MajorVersion(p) >= server);
    }

    private static bool HasServer(string folder) =>
        Executable.In(folder, "initdb") is not null && Executable.In(folder, "postgres") is not null;

    private static string? PutOnPath()
    {
        if (IsServerNamed || Setting is not { } folder)
            return null;
        if (!HasServer(folder))
            throw new InvalidOperationException($"MIGRATIONS_TEST_POSTGRES names '{folder}', which has no initdb and postgres.");
        Environment.SetEnvironmentVariable("PATH", folder + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"));
        return folder;
    }

    private static IEnumerable<string> Candidates()
    {
        string[] versioned =
        [
            "/usr/lib/postgresql", // Debian and Ubuntu keep these off the PATH.
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL"),
            "/Library/PostgreSQL",
            "/Applications/Postgres.app/Contents/Versions",
        ];
        foreach (var folder in versioned.Where(Directory.Exists).SelectMany(Directory.GetDirectories).OrderByDescending(VersionOf))
            yield return Path.Combine(folder, "bin");
        foreach (var homebrew in new[] { "/opt/homebrew/opt", "/usr/local/opt" }.Where(Directory.Exists))
        {
            foreach (var folder in Directory.GetDirectories(homebrew, "postgresql*").OrderByDescending(VersionOf))
                yield return Path.Combine(folder, "bin");
        }

        foreach (
            var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(
                Path.PathSeparator,
                StringSplitOptions.RemoveEmptyEntries
            )
        )
            yield return folder;
    }

    private static int VersionOf(string folder) =>
        int.TryParse(
            new string([.. Path.GetFileName(folder).SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(char.IsAsciiDigit)]),
            out var version
        )
            ? version
            : 0;
}
