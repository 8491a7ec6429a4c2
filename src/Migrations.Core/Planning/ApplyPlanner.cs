using Migrations.Folders;

namespace Migrations.Planning;

/// <summary>Plans which pending migrations to apply. Pure: the same folder, history and request give the same plan.</summary>
public static class ApplyPlanner
{
    /// <summary>Creates the plan.</summary>
    /// <exception cref="PlanException">Applied scripts were edited or are gone, pending ones are out of order, a dependency is missing, or
    /// a name is unknown.</exception>
    public static MigrationPlan Plan(PlanningInput input, ApplyRequest request)
    {
        var overruled = new List<string>();
        CheckForeign(input, request, overruled);
        AppliedScripts.Check(input, request.SkipChecksum, overruled);

        var pending = input.Migrations.Where(input.IsPending).ToList();
        var skipped = pending.Where(m => !input.RunsHere(m)).Select(m => new PlanSkip(m, EnvironmentReason(input, m))).ToList();
        pending.RemoveAll(m => !input.RunsHere(m));
        var chosen = Choose(input, request, pending);
        CheckOrder(input, request, pending, chosen, overruled);
        SquashPlan.Demand(input, chosen);
        CheckDependencies(input, chosen);

        return new MigrationPlan
        {
            Direction = MigrationDirection.Up,
            Steps = KeyWindow.Mark(
                input.Migrations,
                input.History.Applied.Select(r => r.Key),
                [.. chosen.Select(m => new PlanStep(m, MigrationDirection.Up, m.Up))]
            ),
            Skipped = skipped,
            Warnings = AppliedScripts.Warnings(input),
            TransactionMode = request.TransactionMode,
            Overruled = overruled.Count == 0 ? null : string.Join("; ", overruled),
        };
    }

    private static void CheckForeign(PlanningInput input, ApplyRequest request, List<string> overruled)
    {
        if (input.Foreign.Count == 0)
            return;
        var names = string.Join(", ", input.Foreign);
        if (request.IgnoreForeignHistory)
        {
            overruled.Add("history of another tool: " + names);
            return;
        }

        throw new PlanException(
            ErrorId.ForeignHistoryFound,
            $"The migrations of this database were recorded by {names}. Nothing is known of them here, so all would run again.",
            $"Take its history over: {Call.Adopt} (with {CallOption.WhatIf} to look first). If it belongs to something else, run the "
                + $"command again with {CallOption.IgnoreForeignHistory} (recorded in the history).",
            []
        );
    }

    private static string EnvironmentReason(PlanningInput input, Migration migration) =>
        $"runs in {string.Join(", ", migration.Header.Environments)} only{(input.Environment is null ? "; no environment is named" : "")}";

    private static List<Migration> Choose(PlanningInput input, ApplyRequest request, List<Migration> pending)
    {
        IEnumerable<Migration> chosen = pending;
        if (request.Target is { } target)
            chosen = UpTo(SquashPlan.SquashOf(input, MigrationResolver.Find(input.Migrations, target)), input, pending);
        if (request.Only is { } only)
        {
            var wanted = only.Select(text => MigrationResolver.Find(input.Migrations, text).Key).ToHashSet();
            chosen = chosen.Where(m => wanted.Contains(m.Key));
        }

        return [.. request.First is { } first ? chosen.Take(first) : chosen];
    }

    /// <summary>
    /// Repeatables come after all versions, so a versioned target leaves them out, as long as anything versioned is left behind it.
    /// </summary>
    private static IEnumerable<Migration> UpTo(Migration last, PlanningInput input, List<Migration> pending)
    {
        var place = input.Migrations.ToList().IndexOf(last);
        var reached = input.Migrations.Take(place + 1).Select(m => m.Key).ToHashSet();
        return pending.Where(m => reached.Contains(m.Key));
    }

    private static void CheckOrder(
        PlanningInput input,
        ApplyRequest request,
        List<Migration> pending,
        List<Migration> chosen,
        List<string> overruled
    )
    {
        var keys = chosen.Select(m => m.Key).ToHashSet();
        var late = chosen.Where(input.IsOutOfOrder).ToList();
        var highest = chosen.Where(m => m.Version is not null).Select(m => m.Version).Max();
        var passed = pending
            .Where(m => m is { Version: not null, IsSquashRecord: false } && !keys.Contains(m.Key) && m.Version < highest)
            .ToList();
        if (late.Count == 0 && passed.Count == 0)
            return;
        if (request.AllowOutOfOrder)
        {
            if (late.Count > 0)
                overruled.Add("out of order: " + string.Join(", ", late));
            return;
        }

        if (late.Count > 0)
        {
            throw new PlanException(
                ErrorId.OutOfOrder,
                $"Pending, but older than the newest applied version {input.History.HighestRun}: {string.Join(", ", late)}.",
                $"Give the file a version above the newest applied one, or apply it out of order with {CallOption.AllowOutOfOrder} "
                    + $"(recorded in the history).",
                [.. late.Select(m => m.FullName)]
            );
        }

        throw new PlanException(
            ErrorId.OutOfOrder,
            $"Applying {string.Join(", ", chosen)} would skip older pending migrations: {string.Join(", ", passed)}.",
            $"Apply those first, or skip them with {CallOption.AllowOutOfOrder}.",
            [.. passed.Select(m => m.FullName)]
        );
    }

    /// <summary>The migration that a header means. Only for an error the script is looked at, for the line.</summary>
    private static Migration FindNeeded(PlanningInput input, Migration migration, string text)
    {
        try
        {
            return MigrationResolver.Find(input.Migrations, text);
        }
        catch (PlanException e)
        {
            throw new PlanException(
                e.Id,
                $"{HeaderLocation.Of(migration.Up, "Depends-On", text)}: 'Depends-On: {text}' in the header of {migration}: {e.Message}",
                $"Correct the header. {e.NextStep}",
                [migration.FullName, .. e.Migrations]
            );
        }
    }

    private static void CheckDependencies(PlanningInput input, List<Migration> chosen)
    {
        var there = input.Migrations.Where(m => input.RecordOf(m) is { IsApplied: true }).Select(m => m.Key).ToHashSet();
        foreach (var migration in chosen)
        {
            foreach (var text in migration.Header.DependsOn)
            {
                var needed = FindNeeded(input, migration, text);
                if (there.Contains(needed.Key))
                    continue;
                if (!input.RunsHere(needed))
                    throw DependsOnOtherEnvironment(input, migration, needed);
                throw new PlanException(
                    ErrorId.DependencyMissing,
                    $"{migration} depends on {needed}, which is neither applied nor planned before it.",
                    input.IsPending(needed) && chosen.Contains(needed)
                        ? $"Give {migration} a version above that of {needed}, so that it runs after it."
                        : Advice.Of($"Apply {needed} first: {Call.Up.With(CallOption.Target.Of(needed))}"),
                    [migration.FullName, needed.FullName]
                );
            }

            there.Add(migration.Key);
        }
    }

    private static PlanException DependsOnOtherEnvironment(PlanningInput input, Migration migration, Migration needed) =>
        new(
            ErrorId.DependencyMissing,
            $"{migration} depends on {needed}, which is not applied and {EnvironmentReason(input, needed)}.",
            $"Give {migration} the same 'Environment:' header as {needed}, or remove {needed} from its 'Depends-On:'"
                + (
                    input.Environment is null
                        ? Advice.Of($"; or specify the environment: {CallOption.Environment.Of(needed.Header.Environments[0])}")
                        : "."
                ),
            [migration.FullName, needed.FullName]
        );
}
