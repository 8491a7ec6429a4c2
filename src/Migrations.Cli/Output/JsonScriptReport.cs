using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Cli.Output;

/// <summary>Reports scripts that are no migrations to programs.</summary>
internal sealed class JsonScriptReport(JsonRecordWriter records) : IScriptReport
{
    public void Plan(DatabaseTarget target, string? service, DatabaseScriptPlan plan, ISqlDialect dialect) =>
        records.Write([JsonScript.Of(target, service, plan, dialect)], json => json.JsonScript);

    public bool TakesText => true;

    public void Exported(ExportedScript script, string? text) => records.Write([JsonExport.Of(script, text)], json => json.JsonExport);

    public void Initialized(InitializationResult result) => records.Write([JsonInitialization.Of(result)], json => json.JsonInitialization);

    public IRowReport Rows(bool csv) =>
        csv
            ? throw new MigrationException(
                ErrorId.UsageInvalid,
                "--csv and --output json cannot be used together.",
                "Use one of them: --output json writes the rows too."
            )
            : new JsonRows(records.Array);
}
