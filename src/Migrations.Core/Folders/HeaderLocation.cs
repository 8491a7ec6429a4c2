namespace Migrations.Folders;

/// <summary>Finds the line of a header entry, for an error about what it says; scripts keep only the values.</summary>
internal static class HeaderLocation
{
    private const int MostLines = 1000;

    /// <summary>
    /// The line on which a script's file gives an entry a value; the script's first line where it cannot be found any more.
    /// </summary>
    /// <param name="script">The script.</param>
    /// <param name="key">The entry's key.</param>
    /// <param name="value">The value, or one of several.</param>
    public static ScriptLocation Of(MigrationScript script, string key, string value)
    {
        try
        {
            var line = File.ReadLines(script.File)
                .Take(MostLines)
                .ToList()
                .FindIndex(l =>
                    l.Contains(key, StringComparison.OrdinalIgnoreCase) && l.Contains(value, StringComparison.OrdinalIgnoreCase)
                );
            return new ScriptLocation(script.File, line < 0 ? script.FirstLine : line + 1);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new ScriptLocation(script.File, script.FirstLine);
        }
    }
}
