namespace Migrations.Folders;

/// <summary>
/// Reads the <c>metadata.toml</c> of a diesel migration, see <see
/// href="https://docs.rs/diesel_migrations/latest/diesel_migrations/struct.TomlMetadata.html"/>.
/// </summary>
internal static class DieselMetadata
{
    /// <summary>Whether the file says <c>run_in_transaction = false</c>.</summary>
    /// <param name="path">The file; null if it does not exist.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool RunsOutsideTransaction(string? path)
    {
        if (path is null)
            return false;
        RegularFile.Require(path);
        return File.ReadLines(path).Any(line => Words(line) is ["run_in_transaction", "false"]);
    }

    private static string[] Words(string line) => line.Split('#')[0].Split('=', StringSplitOptions.TrimEntries);
}
