namespace Migrations.Testing;

/// <summary>Finds an installed PostgreSQL server.</summary>
public static class PostgreSqlBinaries
{
    /// <summary>The folder that has both <c>initdb</c> and <c>postgres</c>, of the newest version; null when there is none.</summary>
    public static string? Find() => Candidates().FirstOrDefault(folder => Executable.In(folder, "initdb") is not null && Executable.In(folder, "postgres") is not null);

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

        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            yield return folder;
    }

    private static int VersionOf(string folder) =>
        int.TryParse(new string([.. Path.GetFileName(folder).SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(char.IsAsciiDigit)]), out var version) ? version : 0;
}
