using System.Globalization;
using Migrations.Tables;

namespace Migrations.Transfer;

/// <summary>Turns what stands in the way of a copy into errors.</summary>
internal static class CopyObstacles
{
    private const int MostShown = 20;

    /// <summary>Demands that nothing does.</summary>
    public static void Demand(CopyForecast forecast, DatabaseTarget target)
    {
        if (forecast.Plan!.Tables.Count == 0)
            throw new MigrationException(
                ErrorId.CopyRefused,
                "There is no table to copy.",
                $"Check the database, and the names given with {CallOption.Table} and {CallOption.ExcludeTable}."
            );
        if (forecast.Plan!.Obstacles is { Count: > 0 } own)
            throw new MigrationException(
                ErrorId.CopyRefused,
                $"Nothing was copied into {target.Display}: not every value fits.{Lines(own)}",
                Correct(own)
            );
        if (forecast.Target!.Obstacles.Where(o => o.IsOfForm).ToList() is { Count: > 0 } form)
            throw new MigrationException(
                ErrorId.CopyRefused,
                $"Nothing was copied into {target.Display}: not every table can be there.{Lines(form)}",
                $"Give tables and columns other names with {CallOption.Mapping}, or leave tables out with {CallOption.ExcludeTable}."
            );
        if (forecast.Target!.Obstacles is { Count: > 0 } there)
            throw new MigrationException(
                ErrorId.CopyTargetOccupied,
                $"Nothing was copied into {target.Display}.{Lines(there)}",
                $"Copy into an empty database or another schema, or drop what is there with it: {CallOption.Recreate}."
            );
    }

    /// <summary>Demands that the tables of the source and those that the target's migrations make are of one form.</summary>
    public static void DemandAlike(IReadOnlyList<CopyObstacle> differing, DatabaseTarget target, string folder)
    {
        if (differing.Count > 0)
            throw new MigrationException(
                ErrorId.CopyRefused,
                $"Nothing was copied into {target.Display}: the tables that {folder} makes differ from those of the source."
                    + Lines(differing),
                $"Add a migration that makes them alike, or leave tables out with {CallOption.ExcludeTable}."
            );
    }

    /// <summary>Demands that the rows keep to the target's own keys.</summary>
    public static void DemandKept(IReadOnlyList<CopyObstacle> broken, DatabaseTarget target)
    {
        if (broken.Count > 0)
            throw new MigrationException(
                ErrorId.CopyRefused,
                $"Nothing was copied into {target.Display}, because the rows break what its migrations demand.{Lines(broken)}",
                "Correct the rows in the source, or the migration, then run the command again."
            );
    }

    /// <summary>Demands that everything is proven.</summary>
    public static void DemandEqual(IReadOnlyList<TableCopy> results, IReadOnlyList<CopyObstacle> differing, DatabaseTarget target)
    {
        var wrong = results
            .Where(r => r.Equal == false)
            .Select(r => new CopyObstacle(
                r.Table,
                Column: null,
                $"sent digest {r.SourceDigest}, returned digest {r.TargetDigest} with "
                    + string.Create(CultureInfo.InvariantCulture, $"{r.Rows} rows"),
                [],
                Rows: null
            ))
            .Concat(differing)
            .ToList();
        if (wrong.Count > 0)
            throw new MigrationException(
                ErrorId.CopyUnequal,
                $"{target.Display} does not return what was sent, so nothing was put in its place.{Lines(wrong)}",
                "Look for event triggers or other programs that change new tables in the target, then run the command again."
            );
    }

    /// <summary>The error for what the target has refused of tables that are proven equal; null where it has refused nothing.</summary>
    public static MigrationException? Incomplete(IReadOnlyList<TableCopy> results)
    {
        List<LeftOutObject> refused = [.. results.SelectMany(r => r.LeftOut).Where(l => l.IsRefused)];
        return refused.Count == 0
            ? null
            : new MigrationException(
                ErrorId.CopyIncomplete,
                $"The rows are copied and proven equal, but {results[0].Database} has refused:"
                    + Lines([.. refused.Select(l => $"{l.Kind} {l.Name}{(l.Table is null ? "" : $" of {l.Table}")}: {l.Reason}")]),
                $"Correct the rows in the source and copy again with {CallOption.Recreate}, "
                    + $"or add these objects to the target in another form."
            );
    }

    // Only what helps one of them at least.
    private static Advice Correct(IReadOnlyList<CopyObstacle> obstacles)
    {
        var typed = obstacles.FirstOrDefault(o => o.Fits is not null);
        Advice type = typed is null
            ? ""
            : Advice.Of($", or choose a type for the column with {CallOption.ColumnType.Of($"{typed.Table}.{typed.Column}={typed.Fits}")}");
        Advice rejects = obstacles.Any(o => o.CanReject)
            ? Advice.Of($", or leave such rows out with {CallOption.OnError.Of("reject")} {CallOption.RejectFile.Of("<file>")}")
            : "";
        return $"Correct the rows{type}{rejects}. See the whole plan with {CallOption.WhatIf}.";
    }

    private static string Lines(IReadOnlyList<CopyObstacle> obstacles) => Lines([.. obstacles.Select(o => o.ToString())]);

    private static string Lines(IReadOnlyList<string> all)
    {
        var lines = string.Concat(all.Take(MostShown).Select(o => "\n  " + o));
        return all.Count > MostShown ? string.Create(CultureInfo.InvariantCulture, $"{lines}\n  and {all.Count - MostShown} more") : lines;
    }
}
