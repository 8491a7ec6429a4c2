using Migrations.Folders;
using Migrations.Sql;

namespace Migrations.Variables;

/// <summary>
/// Placeholders in scripts with Flyway's names (<see href="https://documentation.red-gate.com/flyway/reference/configuration"/>): Flyway
/// replaces them always, this only where there are variables.
/// </summary>
internal static class FlywayPlaceholders
{
    /// <summary>A warning for each script that has some, where there are no variables.</summary>
    public static IEnumerable<FileProblem> Find(MigrationFolder folder, ISqlDialect dialect) =>
        folder
            .Migrations.Where(m => m is { Layout: MigrationLayout.Versioned, IsCode: false })
            .SelectMany(m => new[] { m.Up, m.Down })
            .OfType<MigrationScript>()
            .Where(s => s is { HasReference: true, Substituted: null, Header.Variables.None: false })
            .Select(s => Find(s, dialect))
            .OfType<FileProblem>();

    private static FileProblem? Find(MigrationScript script, ISqlDialect dialect)
    {
        var text = script.ReadOriginalText();
        for (var from = 0; VariableReference.Find(text, from, text.Length) is { } reference; from = reference.End)
        {
            if (!reference.IsNamed || IsInComment(text, reference.Start, dialect))
                continue;
            return new FileProblem(
                ErrorId.VariableUndefined,
                script.At(script.FirstLine + text.AsSpan(0, reference.Start).Count('\n')),
                $"'${{{reference.Name}}}' is a placeholder for Flyway, and stays as it is here, because no variables are given.",
                $"Give its value with {CallOption.Variable.Of(reference.Name + "=...")}; for a script without placeholders: "
                    + $"'-- Variables: none'."
            );
        }

        return null;
    }

    private static bool IsInComment(string text, int at, ISqlDialect dialect) =>
        dialect.Tokenize(text).First(t => t.Start + t.Length > at).Kind == SqlTokenKind.Comment;
}
