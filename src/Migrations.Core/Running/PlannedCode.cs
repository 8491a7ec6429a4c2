using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Running;

/// <summary>What is known of migrations in code before they run: that they can, and not what they do.</summary>
internal static class PlannedCode
{
    /// <summary>What a half that is code needs; null for SQL.</summary>
    public static ScriptAnalysis? Analyze(MigrationScript script) =>
        script.Code is null
            ? null
            : new ScriptAnalysis { SuspendsForeignKeys = script.Header.ForeignKeys == false, Problems = script.Code.Check(script) };

    /// <summary>Refuses what nothing here can run.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.CodeNeedsModule"/></exception>
    public static void Demand(MigrationPlan plan)
    {
        Demand(plan.Steps);
        var hooks = plan.Hooks.Where(h => h.Script.Code is { CanRun: false }).Select(h => h.Name).ToList();
        if (hooks.Count == 0)
            return;
        throw new MigrationException(
            ErrorId.CodeNeedsModule,
            $"{string.Join(", ", hooks)} {(hooks.Count == 1 ? "is" : "are")} written in PowerShell, which only the module runs. Nothing "
                + "was run.",
            $"Use the PowerShell module for this folder, or leave out its hooks: {CallOption.NoHooks}."
        );
    }

    /// <summary>As above, without hooks.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.CodeNeedsModule"/></exception>
    public static void Demand(IEnumerable<PlanStep> steps)
    {
        var names = steps.Where(s => s.Script.Code is { CanRun: false }).Select(s => s.Migration.FullName).ToList();
        if (names.Count == 0)
            return;
        throw new MigrationException(
            ErrorId.CodeNeedsModule,
            $"{string.Join(", ", names)} {(names.Count == 1 ? "is" : "are")} written in PowerShell, which only the module runs. Nothing "
                + "was run.",
            "Use the PowerShell module for this folder, for example: Invoke-Migration -Database <database> -Path <folder>"
        );
    }

    /// <summary>What the undo of code may delete, which no one can foresee; null for SQL.</summary>
    public static LossForecast? Forecast(MigrationScript script) =>
        script.Code is null ? null : new LossForecast([], ["which is code, may delete rows or values: what it does cannot be foreseen"]);

    /// <summary>Refuses to rehearse code that no one has asked to run.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.CodeNotReplayed"/></exception>
    public static void DemandNone(Migration migration, MigrationScript script)
    {
        if (script.Code is null)
            return;
        throw new MigrationException(
            ErrorId.CodeNotReplayed,
            $"{migration} is code, which was not run on the copy.",
            "Ask for it to be run there too: -RunCode of the module, RunCode of a request. What its code does outside the database is done "
                + "then, and not undone."
        )
        {
            Location = new ScriptLocation(script.File, script.FirstLine),
        };
    }

    /// <summary>Refuses to replay code: what it does outside its database would be done again.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.CodeNotReplayed"/></exception>
    public static void DemandNone(IEnumerable<Migration> migrations)
    {
        var names = migrations.Where(m => m.Up.Code is not null).Select(m => m.FullName).ToList();
        if (names.Count == 0)
            return;
        throw new MigrationException(
            ErrorId.CodeNotReplayed,
            $"The migrations cannot be replayed, because code is not run on a copy: {string.Join(", ", names)}.",
            $"Compare with a file that contains the whole schema: {Call.Diff.On("<database>", "schema.sql")}"
        );
    }
}
