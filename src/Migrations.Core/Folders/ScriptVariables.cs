using System.Text;
using static Migrations.Folders.SectionMarker;

namespace Migrations.Folders;

/// <summary>Puts environment variables into a script where its goose annotations ask for it.</summary>
internal static class ScriptVariables
{
    private static readonly VariableExpander Expander = new(Environment.GetEnvironmentVariable);

    /// <summary>The script with its text filled in. Such a script is kept in memory, and as long as it is.</summary>
    /// <param name="script">The script as it is in the file.</param>
    /// <param name="on">Whether variables are put in from its first line on.</param>
    /// <param name="problems">Takes up what could not be filled in.</param>
    public static MigrationScript Substitute(MigrationScript script, bool on, List<FileProblem> problems)
    {
        var text = script.ReadOriginalText();
        var filled = new StringBuilder(text.Length);
        var line = script.FirstLine;
        for (var at = 0; at < text.Length; line++)
        {
            var end = text.IndexOf('\n', at);
            var next = end < 0 ? text.Length : end + 1;
            var part = text[at..next];
            on = Switch(part) ?? on;
            filled.Append(on ? Fill(part, script.File, line, problems) : part);
            at = next;
        }

        return script with
        {
            Substituted = filled.ToString(),
        };
    }

    private static bool? Switch(string line)
    {
        if (!line.Contains("+goose", StringComparison.Ordinal))
            return null;
        return SectionMarker.Parse(Encoding.UTF8.GetBytes(line))?.Kind switch
        {
            MarkerKind.VariablesOn => true,
            MarkerKind.VariablesOff => false,
            _ => null,
        };
    }

    private static string Fill(string line, string file, int number, List<FileProblem> problems)
    {
        try
        {
            return Expander.Expand(line);
        }
        catch (FormatException error)
        {
            problems.Add(
                new FileProblem(
                    ErrorId.HeaderInvalid,
                    new ScriptLocation(file, number),
                    error.Message,
                    "Set the variable, give it a default ('${NAME:-default}'), or put '-- +goose ENVSUB OFF' above the line."
                )
            );
            return line;
        }
    }
}
