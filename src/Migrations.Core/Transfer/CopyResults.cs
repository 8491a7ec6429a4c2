using Migrations.Databases;
using Migrations.Tables;

namespace Migrations.Transfer;

/// <summary>Puts plans and digests together as results.</summary>
internal static class CopyResults
{
    /// <summary>The kind of the history of migrations.</summary>
    public const string History = "history";

    /// <summary>What a copy would do.</summary>
    public static CopyForecast Forecast(CopyPlan plan, TargetPlan planned, DatabaseTarget source, DatabaseTarget target)
    {
        List<LeftOutObject> leftOut = [.. plan.LeftOut, .. planned.LeftOut];
        var tables = plan.Tables.Zip(
            planned.Tables,
            (table, there) =>
                new TableCopy
                {
                    Source = source.Display,
                    Database = target.Display,
                    Table = table.Name,
                    TargetTable = there.Name,
                    Outcome = CopyOutcome.WhatIf,
                    Rows = table.Rows,
                    Columns = [.. table.Columns.Zip(there.Columns, Column)],
                    LeftOut = [.. leftOut.Where(l => IsOf(l, table.Name))],
                }
        );
        // What belongs to no table of the copy stands for itself.
        var others = leftOut
            .Where(l => !plan.Tables.Any(t => IsOf(l, t.Name)))
            .Select(l => new TableCopy
            {
                Source = source.Display,
                Database = target.Display,
                Kind = l.Kind,
                Table = l.Name,
                Outcome = CopyOutcome.LeftOut,
                LeftOut = [l],
            });
        var views = plan
            .Views.Where(v => !leftOut.Exists(l => l.Kind is "view" && string.Equals(l.Name, v.Name, StringComparison.Ordinal)))
            .Select(v => new TableCopy
            {
                Source = source.Display,
                Database = target.Display,
                Kind = "view",
                Table = v.Name,
                Outcome = CopyOutcome.WhatIf,
            });
        return new CopyForecast(
            [.. tables, .. views, .. others],
            planned.Statements,
            [.. plan.Obstacles, .. planned.Obstacles],
            planned.Replaced
        )
        {
            Plan = plan,
            Target = planned,
        };
    }

    /// <summary>The same, with the history of migrations.</summary>
    public static CopyForecast WithHistory(CopyForecast forecast, CarriedHistory history, string table)
    {
        var any = forecast.Tables[0];
        var carried = new TableCopy
        {
            Source = any.Source,
            Database = any.Database,
            Kind = History,
            Table = table,
            Outcome = CopyOutcome.WhatIf,
            Rows = history.Rows.Count,
        };
        return forecast with { Tables = [.. forecast.Tables.Where(t => t.Kind is not History), carried] };
    }

    /// <summary>A table that has been copied and read back.</summary>
    public static TableCopy Proven(CopyForecast forecast, CopyTable table, SentTable sent, TableDigest found) =>
        forecast.Tables.First(t => t.TargetTable is not null && string.Equals(t.Table, table.Name, StringComparison.Ordinal)) with
        {
            Outcome = CopyOutcome.Copied,
            Rows = found.Rows,
            Rejected = sent.Rejected,
            Bytes = found.Bytes,
            Duration = sent.Duration,
            SourceDigest = sent.Digest.ToString(),
            TargetDigest = found.ToString(),
            Equal = sent.Digest.Rows == found.Rows && string.Equals(sent.Digest.ToString(), found.ToString(), StringComparison.Ordinal),
        };

    /// <summary>The results, with what the target has refused.</summary>
    public static IReadOnlyList<TableCopy> With(IReadOnlyList<TableCopy> results, IReadOnlyList<LeftOutObject> refused)
    {
        bool IsRefused(TableCopy view) => refused.Any(l => l.Kind is "view" && string.Equals(l.Name, view.Table, StringComparison.Ordinal));
        results = [.. results.Where(r => r.Kind is not "view" || r.Outcome == CopyOutcome.LeftOut || !IsRefused(r))];
        var own = results.Select(r =>
            r with
            {
                LeftOut = [.. r.LeftOut, .. refused.Where(l => r.TargetTable is not null && IsOf(l, r.Table))],
            }
        );
        var others = refused
            .Where(l => !results.Any(r => r.TargetTable is not null && IsOf(l, r.Table)))
            .Select(l => new TableCopy
            {
                Source = results[0].Source,
                Database = results[0].Database,
                Kind = l.Kind,
                Table = l.Name,
                Outcome = CopyOutcome.LeftOut,
                LeftOut = [l],
            });
        return [.. own, .. others];
    }

    private static bool IsOf(LeftOutObject item, string table) => string.Equals(item.Table, table, StringComparison.Ordinal);

    private static ColumnCopy Column(CopyColumn column, TargetColumn there) =>
        new(column.Name, there.Name, column.Declared, there.Type, column.Reason, column.Values, column.Converted);
}
