using Migrations.History;
using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Cli.Output;

/// <summary>What a script would do.</summary>
internal sealed record JsonScript(
    string Database,
    string? Service,
    string Name,
    string? File,
    MigrationOutcome Outcome,
    int Statements,
    IReadOnlyList<string> Sql,
    IReadOnlyList<JsonLoss> Losses
)
{
    public static JsonScript Of(DatabaseTarget target, string? service, DatabaseScriptPlan plan, ISqlDialect dialect)
    {
        string[] sql = [.. dialect.Split(plan.Script).Select(s => ScriptRedaction.Show(dialect, s.Text))];
        return new JsonScript(
            target.Display,
            service,
            plan.Name,
            plan.File,
            MigrationOutcome.WhatIf,
            sql.Length,
            sql,
            [.. plan.Losses.SelectMany(JsonLoss.Of)]
        );
    }
}
