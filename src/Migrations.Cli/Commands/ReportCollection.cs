using System.Collections.Concurrent;
using Migrations.Cli.Output;
using Migrations.Configuration;
using Migrations.Reporting;

namespace Migrations.Cli.Commands;

/// <summary>Collects what a report shows of the databases of a call, and writes it once all had their turn.</summary>
/// <param name="file">The file that gets the page.</param>
/// <param name="title">Its heading; null for the usual one.</param>
internal sealed class ReportCollection(string file, string? title)
{
    private readonly ConcurrentDictionary<SelectedDatabase, DatabaseReport> _reports = new(ReferenceEqualityComparer.Instance);
    private readonly string _path = Path.GetFullPath(file);

    /// <summary>Reads one database. One that cannot be read has its place in the report too.</summary>
    public async Task<int> ReadAsync(DatabaseCall call, ReportRequest request, CancellationToken cancellationToken)
    {
        ReportFile.Demand(_path);
        var reader = new ReportReader(call.Driver, call.Target, call.Settings.Folder, call.Options);
        try
        {
            _reports[call.Database] = await reader.ReadAsync(request, cancellationToken).ConfigureAwait(false);
            return ExitCode.Done;
        }
        catch (MigrationException e) when (e.Category is not FailureCategory.Cancelled)
        {
            _reports[call.Database] = DatabaseReport.Unread(call.Target, call.Database.Service, e.Message);
            throw;
        }
    }

    /// <summary>Writes the page, with a place for those that had no turn; where none had, there is nothing to write.</summary>
    public void Write(IReport report, IEnumerable<DatabaseCall> calls)
    {
        if (_reports.IsEmpty)
            return;
        var page = new MigrationReport { CreatedAt = DateTimeOffset.UtcNow, Databases = [.. calls.Select(Of)] };
        report.Integrity.Exported(ReportFile.Write(_path, title is null ? page : page with { Title = title }));
    }

    private DatabaseReport Of(DatabaseCall call) =>
        _reports.GetValueOrDefault(call.Database)
        ?? DatabaseReport.Unread(call.Target, call.Database.Service, "The call ended before this database had its turn.");
}
