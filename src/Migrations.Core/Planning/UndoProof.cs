namespace Migrations.Planning;

/// <summary>What rehearsals say about the undos of a plan. Pure.</summary>
internal static class UndoProof
{
    /// <summary>Refuses what is not proven, where only proven undos are requested.</summary>
    /// <exception cref="PlanException"><see cref="ErrorId.UndoUnproven"/>: names each with what is known of it.</exception>
    public static void Demand(PlanningInput input, UndoRequest request, IReadOnlyList<Migration> migrations)
    {
        if (request is { SchemaOnly: true, RequireProven: false })
        {
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "Accepting a proof of the schema alone applies only where a proof is required.",
                $"Add {CallOption.RequireProven}, or omit {CallOption.SchemaOnly}."
            );
        }

        if (!request.RequireProven)
            return;
        var verdicts = migrations
            .Select(m => (Migration: m, Verdict: input.VerdictOf(m)))
            .Where(v => v.Verdict.IsProven() != true && !(request.SchemaOnly && v.Verdict == UndoVerdict.SchemaOnly))
            .ToList();
        if (verdicts.Count == 0)
            return;
        throw new PlanException(
            ErrorId.UndoUnproven,
            $"The undo is not proven: {string.Join("; ", verdicts.Select(v => $"{v.Migration} ({v.Verdict.Message()})"))}. "
                + "Nothing was rolled back.",
            NextStep([.. verdicts.Select(v => v.Verdict)]),
            [.. verdicts.Select(v => v.Migration.FullName)]
        );
    }

    /// <summary>What to say before an undo runs that is not proven.</summary>
    public static IReadOnlyList<Advice> Warnings(PlanningInput input, IReadOnlyList<Migration> migrations)
    {
        var byVerdict = migrations.ToLookup(m => input.VerdictOf(m));
        var warnings = new List<Advice>();
        foreach (var verdict in new[] { UndoVerdict.Failed, UndoVerdict.SchemaDiffers, UndoVerdict.ValuesDiffer }.Where(byVerdict.Contains))
            warnings.Add($"A rehearsal found a fault in the undo of {Names(verdict)}: {verdict.Message()}.");
        if (byVerdict.Contains(UndoVerdict.SchemaOnly))
            warnings.Add(
                $"Only the schema is proven for the undo of {Names(UndoVerdict.SchemaOnly)}: there were no rows to compare. "
                    + $"'{Call.Test.With(CallOption.WithData)}' compares them before a migration is applied."
            );
        if (byVerdict.Contains(UndoVerdict.NotRun))
            warnings.Add(
                $"No rehearsal has proven this undo: {Names(UndoVerdict.NotRun)}. "
                    + $"'{Call.Test.With(CallOption.All)}' rehearses it on a copy."
            );
        return warnings;

        string Names(UndoVerdict verdict) => string.Join(", ", byVerdict[verdict]);
    }

    private static Advice NextStep(List<UndoVerdict> verdicts)
    {
        if (verdicts.Exists(v => v.IsProven() == false))
            return $"Correct the down script and rehearse it again with '{Call.Test.With(CallOption.All)}', or omit "
                + $"{CallOption.RequireProven}.";
        return verdicts.Contains(UndoVerdict.NotRun)
            ? Advice.Of($"Rehearse it with '{Call.Test.With(CallOption.All)}', or omit {CallOption.RequireProven}.")
            : $"Rehearse it with rows ('{Call.Test.With(CallOption.WithData)}', before it is applied), "
                + $"accept a proof of the schema alone with {CallOption.SchemaOnly}, or omit {CallOption.RequireProven}.";
    }
}
