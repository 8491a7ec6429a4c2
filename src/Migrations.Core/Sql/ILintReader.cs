namespace Migrations.Sql;

/// <summary>
/// Reads the scripts of a folder in their order, and finds what rules are about. It knows what the scripts before one have made: what is
/// made in the same run has no rows yet, and no one works with it.
/// </summary>
public interface ILintReader
{
    /// <summary>Tables that it must be known of, beside those of hazards, to find what there is to find.</summary>
    IReadOnlyCollection<string> Wanted { get; }

    /// <summary>Begins a script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="run">The run that it is part of; scripts with the same number run together.</param>
    /// <param name="isInTransaction">Whether it runs in one transaction.</param>
    void Begin(MigrationScript script, int run, bool isInTransaction);

    /// <summary>Reads the next statement of the script.</summary>
    IEnumerable<LintHazard> Read(ScriptStatement statement);

    /// <summary>Ends the script, and finds what only shows when it is known to its end.</summary>
    IEnumerable<LintHazard> End();
}
