namespace Migrations.Folders;

/// <summary>
/// Reads the <c>metadata.toml</c> of a diesel migration, see <see
/// href="https://docs.rs/diesel_migrations/latest/diesel_migrations/struct.TomlMetadata.html"/>.
/// </summary>
internal static class DieselMetadata
{
    private const string Key = "run_in_transaction";

    /// <summary>What the file says.</summary>
    /// <param name="path">The file; null if it does not exist.</param>
    /// <param name="problems">Takes what is wrong with it.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ScriptSettings? Read(string? path, List<FileProblem> problems)
    {
        if (path is null)
            return null;
        RegularFile.Require(path);
        var settings = new ScriptSettings();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (line.Split('#')[0].Split('=', 2, StringSplitOptions.TrimEntries) is not [var key, var value])
                continue;
            if (!string.Equals(Unquoted(key), Key, StringComparison.Ordinal))
                continue;
            if (value is "true" or "false")
                settings = settings with { OutsideTransaction = value is "false" };
            else
                problems.Add(
                    new FileProblem(
                        ErrorId.HeaderInvalid,
                        new ScriptLocation(path, number),
                        $"'{value}' is no value for '{Key}'.",
                        $"Write '{Key} = true' or '{Key} = false'."
                    )
                );
        }

        return settings;
    }

    private static string Unquoted(string key) => key.TrimStart('\uFEFF').Trim('"', '\'');
}
