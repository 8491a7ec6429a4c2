using Migrations.Backup;
using Migrations.Comparing;
using Migrations.Databases;
using Migrations.History;
using Migrations.Integrity;

namespace Migrations.Reporting;

/// <summary>Reads all that a report shows of one database. Changes nothing.</summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database.</param>
/// <param name="source">The migrations: a folder's path, or scripts that an assembly carries.</param>
/// <param name="options">How to read and to connect.</param>
public sealed class ReportReader(IDatabaseDriver driver, DatabaseTarget target, MigrationSource source, MigratorOptions options)
{
    /// <summary>Reads it. Of a database that does not exist yet, only where its migrations stand.</summary>
    /// <exception cref="MigrationException">The database refuses; or its migrations, or the folder of its backups, cannot be
    /// read.</exception>
    public async Task<DatabaseReport> ReadAsync(ReportRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var migrator = new Migrator(driver, target, source, options);
        var summary = await migrator.GetSummaryAsync(cancellationToken).ConfigureAwait(false);
        var report = new DatabaseReport
        {
            Database = target.Display,
            Target = target,
            Service = options.Service,
            Summary = summary,
            Statuses = await migrator.GetStatusAsync(cancellationToken).ConfigureAwait(false),
            Backups = await ReadBackupsAsync(request, cancellationToken).ConfigureAwait(false),
        };
        if (!summary.Exists)
            return report;
        return report with
        {
            History = await migrator.GetHistoryAsync(new HistoryFilter { Last = request.Last }, cancellationToken).ConfigureAwait(false),
            Schema = await new SchemaSides(driver, options, new ScratchRequest())
                .ReadAsync(new DatabaseSide(target), cancellationToken)
                .ConfigureAwait(false),
            Checks = request.Checks is { } checks
                ? await new IntegrityChecker(driver, target, source, options).CheckAsync(checks, cancellationToken).ConfigureAwait(false)
                : null,
        };
    }

    private async Task<IReadOnlyList<DatabaseBackup>?> ReadBackupsAsync(ReportRequest request, CancellationToken cancellationToken) =>
        request.BackupFolder is not { } folder
            ? null
            : BackupOrigin.Choose(await new BackupCatalogue([driver]).ReadAsync(folder, cancellationToken).ConfigureAwait(false), target);
}
