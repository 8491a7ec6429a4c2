namespace Migrations.Sql;

/// <summary>One step of a safe way to make a change.</summary>
/// <param name="When">When it is taken, for example <c>In the next migration</c>.</param>
/// <param name="Sql">Its statements.</param>
public sealed record LintStep(string When, string Sql)
{
    /// <summary>Where it is written when the safe way is.</summary>
    public LintStepPlace Place { get; init; }
}
