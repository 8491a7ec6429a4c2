using Migrations.Transfer;

namespace Migrations.Cli.Output;

/// <summary>Writes copies and comparisons of rows for programs.</summary>
internal sealed class JsonTransferReport(JsonRecordWriter records) : ITransferReport
{
    public void Forecast(DatabaseTarget source, DatabaseTarget target, CopyForecast forecast)
    {
        records.Write(forecast.Tables.Select(JsonTableCopy.Of), json => json.JsonTableCopy);
        records.Write([JsonCopyPlan.Of(source, target, forecast)], json => json.JsonCopyPlan);
    }

    public void Copied(DatabaseTarget source, DatabaseTarget target, IReadOnlyList<TableCopy> results, string? rejectFile) =>
        records.Write(results.Select(JsonTableCopy.Of), json => json.JsonTableCopy);

    public void Compared(DatabaseTarget left, DatabaseTarget right, IReadOnlyList<TableComparison> results) =>
        records.Write(results.Select(JsonTableComparison.Of), json => json.JsonTableComparison);
}
