using Migrations.Sql;

namespace Migrations.Linting;

/// <summary>A script that is looked at.</summary>
/// <param name="Migration">Its migration.</param>
/// <param name="Analysis">What is known of it.</param>
/// <param name="Run">The run that it is part of.</param>
/// <param name="IsReported">Whether what is found in it is reported; else it only says what is there before others.</param>
internal sealed record LintedScript(Migration Migration, ScriptAnalysis Analysis, int Run, bool IsReported)
{
    /// <summary>Its text.</summary>
    public MigrationScript Script => Migration.Up;
}
