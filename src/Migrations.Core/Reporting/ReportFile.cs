using System.Text;
using Migrations.Folders;

namespace Migrations.Reporting;

/// <summary>Writes a report as one HTML file that needs nothing else: no network, no script, no font.</summary>
public static class ReportFile
{
    /// <summary>Refuses, before anything is read, a place where the report cannot be.</summary>
    /// <param name="path">The file's full path. An earlier report there will be replaced.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: there is no such folder, or something else is there.
    /// </exception>
    public static void Demand(string path)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path)))
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"The report '{path}' cannot be there: the folder '{Path.GetDirectoryName(path)}' does not exist.",
                "Name a file in an existing folder."
            );
        ReplacedFile.Demand(path, "The report", "<");
    }

    /// <summary>Writes it as a whole, or not at all.</summary>
    /// <param name="path">The file's full path. An earlier report there is replaced.</param>
    /// <param name="report">The report.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.DiskFailed"/>: it cannot be written.</exception>
    public static ExportedReport Write(string path, MigrationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        Demand(path);
        try
        {
            WholeFile.Write(
                path,
                file =>
                {
                    using var writer = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
                    new ReportPage(report, writer).Write();
                }
            );
            return Of(path, report);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.DiskFailed,
                $"The report '{path}' could not be written: {e.Message}",
                "Specify a file in an existing, writable folder.",
                e
            );
        }
    }

    private static ExportedReport Of(string path, MigrationReport report) =>
        new()
        {
            File = path,
            Size = new FileInfo(path).Length,
            Databases = report.Databases.Count,
            Unread = report.Databases.Count(d => d.Summary is null),
            Pending = report.Databases.Count(d => d.Summary is { Pending: > 0 }),
            Unhealthy = report.Databases.Count(d => d.Summary is not null && ReportVerdict.Of(d).IsBad),
        };
}
