namespace Migrations.Sql;

/// <summary>The rules of one engine about changes that fail, lose data or stop others from working.</summary>
public interface ILintRules
{
    /// <summary>All rules that can be found in its scripts.</summary>
    IReadOnlyList<LintRule> Rules { get; }

    /// <summary>Reads scripts from the first one on.</summary>
    /// <param name="facts">What the database has before the first of them.</param>
    ILintReader Open(LintFacts facts);

    /// <summary>Asks a database about tables, in as few questions as there can be.</summary>
    /// <param name="tables">The tables, as <see cref="LintHazard.Table"/> names them.</param>
    /// <param name="ask">Asks one question; the answer has all its rows.</param>
    Task<LintFacts> AskAsync(IReadOnlyCollection<string> tables, Func<string, Task<IReadOnlyList<IReadOnlyList<string?>>>> ask);
}
