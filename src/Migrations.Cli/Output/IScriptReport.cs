using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Cli.Output;

/// <summary>Where what scripts do goes that are no migrations.</summary>
internal interface IScriptReport
{
    /// <summary>What a script would do.</summary>
    void Plan(DatabaseTarget target, string? service, DatabaseScriptPlan plan, ISqlDialect dialect);

    /// <summary>Whether the text of an exported script is part of the report; otherwise it goes to standard output as it is.</summary>
    bool TakesText { get; }

    /// <summary>A script was exported.</summary>
    /// <param name="script">The script.</param>
    /// <param name="text">Its text, where it went to no file.</param>
    void Exported(ExportedScript script, string? text);

    /// <summary>What an initialization did, or would do.</summary>
    void Initialized(InitializationResult result);

    /// <summary>Where its rows go, and what it did.</summary>
    /// <param name="csv">Whether rows are requested as CSV.</param>
    IRowReport Rows(bool csv);
}
