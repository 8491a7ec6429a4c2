namespace Migrations.Sql;

/// <summary>A statement that a rule is about, before it is known whether it does harm here.</summary>
/// <param name="Rule">The id of the rule.</param>
/// <param name="Statement">The statement.</param>
/// <param name="Message">What it does, in a sentence that names its objects.</param>
public sealed record LintHazard(string Rule, ScriptStatement Statement, string Message)
{
    /// <summary>Where in the statement it is, in characters from its beginning.</summary>
    public int At { get; init; }

    /// <summary>The table that it is about, as <see cref="LintTable.Name"/> has it; null where it is about none.</summary>
    public string? Table { get; init; }

    /// <summary>What of the table makes it harmful.</summary>
    public LintHarm Harm { get; init; }

    /// <summary>Asked at the end of the script: whether the rest of it makes this harmless. Null: nothing can.</summary>
    public Func<bool>? IsVoid { get; init; }

    /// <summary>The safe steps as SQL for this statement; empty without one.</summary>
    public IReadOnlyList<LintStep> Rewrite { get; init; } = [];
}
