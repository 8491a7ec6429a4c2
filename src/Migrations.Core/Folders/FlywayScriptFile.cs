namespace Migrations.Folders;

/// <summary>
/// Reads the <c>V1__name.sql.conf</c> that may stand beside a script of Flyway's, see <see
/// href="https://documentation.red-gate.com/flyway/reference/script-configuration"/>.
/// </summary>
internal static class FlywayScriptFile
{
    private const string Ending = ".sql.conf";

    /// <summary>Whether a file has such a name.</summary>
    public static bool Is(string name) => name.EndsWith(Ending, StringComparison.OrdinalIgnoreCase);

    /// <summary>The script that it belongs to.</summary>
    public static string ScriptOf(string path) => path[..^".conf".Length];

    /// <summary>What the file says.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problems">Takes what is wrong with it.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ScriptSettings Read(string path, List<FileProblem> problems)
    {
        RegularFile.Require(path);
        var settings = new ScriptSettings();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            var text = line.TrimStart('\uFEFF').Trim();
            if (text.Length == 0 || text[0] is '#' or '!')
                continue;
            var (key, value) = text.Split(['=', ':'], 2) is [var name, var rest] ? (name.Trim(), rest.Trim()) : (text, "");
            if (With(settings, key.StartsWith("flyway.", StringComparison.Ordinal) ? key["flyway.".Length..] : key, value) is { } changed)
                settings = changed;
            else
                problems.Add(Problem(new ScriptLocation(path, number), key, value));
        }

        return settings;
    }

    /// <summary>The settings with one more; null where it cannot be followed.</summary>
    private static ScriptSettings? With(ScriptSettings settings, string key, string value) =>
        (key, value.ToUpperInvariant()) switch
        {
            ("executeInTransaction", "TRUE") => settings,
            ("executeInTransaction", "FALSE") => settings with { OutsideTransaction = true },
            ("placeholderReplacement", "TRUE") => settings with { TakesVariables = true },
            ("placeholderReplacement", "FALSE") => settings with { TakesVariables = false },
            ("shouldExecute", "TRUE") or ("encoding", "UTF-8" or "UTF8") => settings,
            _ => null,
        };

    private static FileProblem Problem(ScriptLocation place, string key, string value) =>
        new(
            ErrorId.HeaderInvalid,
            place,
            $"The setting '{key}={value}' of a Flyway script is not supported.",
            key switch
            {
                "executeInTransaction" or "placeholderReplacement" => $"Write '{key}=true' or '{key}=false'.",
                "shouldExecute" => "Remove it. Where a script runs in some environments only, write '-- Environment: production' in its "
                    + "first comment.",
                "encoding" => "Save the script as UTF-8, and remove the line.",
                _ => "Only 'executeInTransaction' and 'placeholderReplacement' change how a script runs here; remove the line.",
            }
        );
}
