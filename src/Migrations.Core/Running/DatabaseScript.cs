using Migrations.Databases;
using Migrations.Folders;
using Migrations.History;
using Migrations.Planning;
using Migrations.Sql;
using Migrations.Variables;

namespace Migrations.Running;

/// <summary>A script that is no migration, read and checked.</summary>
/// <param name="Name">The name under which the history has it.</param>
/// <param name="Script">The script.</param>
/// <param name="Analysis">What its text was found to need.</param>
internal sealed record DatabaseScript(string Name, MigrationScript Script, ScriptAnalysis Analysis)
{
    /// <summary>What it is run for.</summary>
    public ScriptPurpose Purpose { get; init; }

    /// <summary>The file; null for a text of the call.</summary>
    public string? File => string.Equals(Script.File, StandaloneScript.CommandName, StringComparison.Ordinal) ? null : Script.File;

    /// <summary>Reads what a call names.</summary>
    /// <exception cref="MigrationException">It names nothing or both, or the script cannot be run as it is.</exception>
    public static DatabaseScript Read(RunContext context, DatabaseScriptRequest request, CancellationToken cancellationToken)
    {
        if (request.File is null == request.Command is null)
            throw new MigrationException(
                ErrorId.UsageInvalid,
                request.File is null ? "No script was specified." : "A file and a command were specified.",
                $"Name one file, or give the SQL with {CallOption.Command}."
            );
        return request.File is { } file
            ? OfFile(context, file, cancellationToken)
            : Of(context, StandaloneScript.CommandName, StandaloneScript.OfText(request.Command!, Warn(context)));
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="MigrationException">It is missing, or cannot be run as it is.</exception>
    public static DatabaseScript OfFile(
        RunContext context,
        string path,
        CancellationToken cancellationToken,
        ScriptPurpose purpose = ScriptPurpose.Run
    ) => Of(context, Path.GetFileName(path), StandaloneScript.Read(path, Warn(context), cancellationToken)) with { Purpose = purpose };

    /// <summary>The step that a session runs.</summary>
    /// <param name="dialect">How its SQL is read.</param>
    /// <param name="recorder">Makes its row of the history.</param>
    /// <param name="rows">Takes its rows.</param>
    public StepExecution ToStep(ISqlDialect dialect, JournalRecorder recorder, IRowSink? rows) =>
        new()
        {
            Migration = AsMigration,
            Direction = MigrationDirection.Up,
            Script = Script,
            Analysis = Analysis,
            Entry = recorder.Ran(Name, Script, StatementCount.Of(dialect, Script)) with
            {
                Description = JournalNames.Of(Purpose),
                Script = recorder.StoredText(Script),
            },
            Rows = rows,
            IsLast = true,
        };

    /// <summary>What it would lose: what it deletes by a condition is counted as it is for an undo.</summary>
    public async Task<ScriptForecast> ForecastAsync(IDatabaseInspector inspector, CancellationToken cancellationToken)
    {
        var plan = new MigrationPlan
        {
            Direction = MigrationDirection.Down,
            Steps = [new PlanStep(AsMigration, MigrationDirection.Up, Script)],
        };
        return ScriptForecast.Of(await LossForecaster.FindAsync(inspector, plan, [Analysis], cancellationToken).ConfigureAwait(false));
    }

    private Migration AsMigration =>
        new()
        {
            Key = MigrationKey.Of(Name),
            Version = null,
            Name = Name,
            FullName = Name,
            Layout = MigrationLayout.RollbackSuffix,
            Up = Script,
        };

    private static DatabaseScript Of(RunContext context, string name, MigrationScript script)
    {
        script = VariableBinding.Bind(script, context.Driver.Dialect, context.Options.Folder.Variables);
        var analysis = PlannedScripts.AnalyzeOther(context.Driver.Dialect, script);
        return analysis.Problems.Count == 0
            ? new DatabaseScript(name, script, analysis)
            : throw StandaloneScript.Refused(analysis.Problems);
    }

    private static Action<FileProblem> Warn(RunContext context) => problem => context.Warn(problem.ToString());
}
