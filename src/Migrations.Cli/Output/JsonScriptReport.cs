using Migrations.History;
using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Cli.Output;

/// <summary>Reports scripts that are no migrations to programs.</summary>
internal sealed class JsonScriptReport(JsonReport report) : IScriptReport
{
    public void Plan(DatabaseTarget target, string? service, DatabaseScriptPlan plan, ISqlDialect dialect) =>
        report.Write([JsonScript.Of(target, service, plan, dialect)], json => json.JsonScript);

    public void Initialized(InitializationResult result) => report.Write([JsonInitialization.Of(result)], json => json.JsonInitialization);

    public IRowReport Rows(bool csv) =>
        csv
            ? throw new MigrationException(
                ErrorId.UsageInvalid,
                "--csv and --output json cannot be used together.",
                "Use one of them: --output json writes the rows too."
            )
            : new JsonRows(report.Writer);
}

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

/// <summary>What an initialization did, or would do.</summary>
internal sealed record JsonInitialization(
    string Database,
    string? Service,
    InitializationOutcome Outcome,
    bool Created,
    string? Script,
    IReadOnlyList<string> Applied,
    string? Seed,
    string? Stamp,
    double DurationMs
)
{
    public static JsonInitialization Of(InitializationResult r) =>
        new(r.Database, r.Service, r.Outcome, r.Created, r.Script, r.Applied, r.Seed, r.Stamp, Math.Round(r.Duration.TotalMilliseconds, 3));
}
