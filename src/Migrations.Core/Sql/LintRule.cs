namespace Migrations.Sql;

/// <summary>A rule about changes that fail, lose data or stop others from working.</summary>
/// <param name="Id">What it is called in findings, in <c>-- allow:</c> and in the configuration.</param>
/// <param name="Why">What happens where it is not followed.</param>
/// <param name="Harmless">When the same statement does no harm, so that nothing is reported.</param>
/// <param name="Rewrite">How to make the change safely.</param>
/// <param name="Link">The page of the database's documentation that it rests on.</param>
public sealed record LintRule(string Id, string Why, string Harmless, string Rewrite, string Link);
