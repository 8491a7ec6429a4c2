using Migrations.Databases;
using Migrations.Folders;
using Migrations.History;
using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Running;

/// <summary>Reads the scripts of a plan, all of them, before any runs.</summary>
internal static class PlannedScripts
{
    /// <summary>Reads them.</summary>
    /// <param name="dialect">How the database's SQL is read.</param>
    /// <param name="folder">The migration folder, for errors.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="history">What has run before.</param>
    /// <param name="others">What was found in scripts that run with it.</param>
    /// <returns>One analysis for each step.</returns>
    /// <exception cref="FolderException">Scripts cannot be run as they are; all of them are named.</exception>
    public static IReadOnlyList<ScriptAnalysis> Analyze(
        ISqlDialect dialect,
        string folder,
        MigrationPlan plan,
        HistoryView history,
        IReadOnlyList<FileProblem> others
    )
    {
        PlannedCode.Demand(plan);
        var analyses = plan
            .Steps.Select(step =>
                Analyze(
                    dialect,
                    plan.TransactionMode == TransactionMode.None || GoesOn(step, history) ? WithoutTransaction(step.Script) : step.Script
                )
            )
            .ToList();
        var problems = analyses.SelectMany(a => a.Problems).ToList();
        problems.AddRange(
            plan.Steps.Where(s => s.Direction == MigrationDirection.Up && !s.Migration.IsSquashRecord && EmptyScript.IsUnwritten(s.Script))
                .Select(s => EmptyScript.Problem(s.Script))
        );
        problems.AddRange(others);
        if (plan.TransactionMode == TransactionMode.All)
            problems.AddRange(plan.Steps.Where((_, i) => analyses[i].OutsideTransaction).Select(OutsideTransaction));
        return problems.Count == 0 ? analyses : throw new FolderException(folder, problems);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="MigrationException">Its file is gone, or cannot be read.</exception>
    public static ScriptAnalysis Analyze(ISqlDialect dialect, MigrationScript script)
    {
        try
        {
            return PlannedCode.Analyze(script) ?? WithBatch(dialect, script, dialect.Analyze(script));
        }
        catch (FolderException e) when (script.Filled is not null)
        {
            // Its variables: named with what is wrong with the other scripts.
            return new ScriptAnalysis { Problems = e.Problems };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ScriptText.Unreadable(script, e);
        }
    }

    /// <summary>The same for a script that is no migration: no history says where its batches would go on.</summary>
    public static ScriptAnalysis AnalyzeOther(ISqlDialect dialect, MigrationScript script)
    {
        var analysis = Analyze(dialect, script);
        return script.Header.Batch is null
            ? analysis
            : analysis with
            {
                Batch = null,
                // Or a hook would be referred to another point, where its batches are refused as well.
                OutsideTransaction = false,
                Problems = [.. analysis.Problems, NoBatches(script, "Only a migration runs in batches.", "Remove 'Batch:'.")],
            };
    }

    private static ScriptAnalysis WithBatch(ISqlDialect dialect, MigrationScript script, ScriptAnalysis analysis)
    {
        if (script.Header.Batch is not { } rule || script.IsEmpty)
            return analysis;
        var batch = BatchReader.Read(dialect, script, rule, out var problem);
        if (script.Header.Transaction == true)
            problem ??= NoBatches(
                script,
                "'Transaction: required' contradicts 'Batch:': each batch is a transaction of its own.",
                "Remove one of the two lines."
            );
        return analysis with
        {
            Batch = batch,
            OutsideTransaction = true,
            Problems = problem is null ? analysis.Problems : [.. analysis.Problems, problem],
        };
    }

    private static FileProblem NoBatches(MigrationScript script, string message, string remedy) =>
        new(ErrorId.BatchInvalid, new ScriptLocation(script.File, script.FirstLine), message, remedy);

    private static FileProblem OutsideTransaction(PlanStep step) =>
        new(
            ErrorId.ScriptMixed,
            new ScriptLocation(step.Script.File, step.Script.FirstLine),
            step.Script.Header.Batch is null
                ? $"{step.Migration} cannot run in a transaction, so it cannot be part of a run in one transaction."
                : $"{step.Migration} runs in batches, each in a transaction of its own, so it cannot be part of a run in one transaction.",
            $"Run it with the transaction mode 'each', if necessary up to it with {CallOption.Target}."
        );

    /// <summary>
    /// Whether an earlier run began the script without a transaction and did not finish it: then it continues in the same way, whatever
    /// this run's options say.
    /// </summary>
    private static bool GoesOn(PlanStep step, HistoryView history) =>
        step.Script.Header.Transaction != true
        && history.Find(step.Migration.Key)?.Resume is { } resume
        && resume.Direction == step.Direction
        && (resume.Completed.Count > 0 || resume.Undecided is not null);

    private static MigrationScript WithoutTransaction(MigrationScript script) =>
        script with
        {
            Header = script.Header with { Transaction = false },
        };
}
