namespace Migrations.Databases.Tests.Linting;

/// <summary>A script that a rule finds, and one like it that it does not, on what a folder has made before.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Before">What earlier migrations make.</param>
/// <param name="Bad">The script that is found.</param>
/// <param name="Good">The script that is not.</param>
public sealed record RuleCase(string Rule, string Before, string Bad, string Good)
{
    public override string ToString() => $"{Rule}: {Bad.Split('\n')[0]}";
}
