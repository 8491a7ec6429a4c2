using Migrations.Transfer;

namespace Migrations.Cli.Output;

/// <summary>Where copies and comparisons of rows are reported.</summary>
internal interface ITransferReport
{
    void Forecast(DatabaseTarget source, DatabaseTarget target, CopyForecast forecast);

    void Copied(DatabaseTarget source, DatabaseTarget target, IReadOnlyList<TableCopy> results, string? rejectFile);

    void Compared(DatabaseTarget left, DatabaseTarget right, IReadOnlyList<TableComparison> results);
}
