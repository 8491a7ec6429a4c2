namespace Migrations.Linting;

/// <summary>A comment that allows what a rule finds: <c>-- allow: drop-column nothing reads it</c>.</summary>
/// <param name="Rule">The id of the rule.</param>
/// <param name="Reason">Why it is allowed; empty where no reason is given.</param>
/// <param name="Location">Where it is.</param>
/// <param name="Statement">The statement that it is for, from 0; null: for all of the file.</param>
internal sealed record AllowComment(string Rule, string Reason, ScriptLocation Location, int? Statement);
