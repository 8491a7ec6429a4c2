using Migrations.Databases;
using Migrations.Integrity;
using Migrations.Running;
using Migrations.Schema;
using Migrations.Variables;

namespace Migrations.Comparing;

/// <summary>Reads the schema of databases, files, folders and backups. All but databases are loaded into scratch databases.</summary>
/// <param name="driver">The driver of both sides.</param>
/// <param name="options">How to read folders and to connect.</param>
/// <param name="scratch">Where scratch databases are made.</param>
public sealed class SchemaSides(IDatabaseDriver driver, MigratorOptions options, ScratchRequest scratch)
{
    /// <summary>Compares two, without the tables of other programs that only one of them has.</summary>
    /// <param name="sides">The two.</param>
    /// <param name="ignored">What else is not compared, as patterns over <c>schema.name</c>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">The database, file, folder or backup is missing or bad, or no scratch database can be
    /// had.</exception>
    public async Task<IReadOnlyList<SchemaDifference>> CompareAsync(
        SidePair sides,
        IReadOnlyList<string> ignored,
        CancellationToken cancellationToken
    )
    {
        var left = await ReadAsync(sides.Left.Side, cancellationToken).ConfigureAwait(false);
        var right = await ReadAsync(sides.Right.Side, cancellationToken).ConfigureAwait(false);
        var scope = new SchemaScope(ignored);
        var differences = SchemaComparison.Compare(scope.WithoutOthers(left, right), scope.WithoutOthers(right, left), settings: true);
        return [.. differences.Where(d => !IsOfApplication(d, sides))];
    }

    /// <summary>Whether it is a setting that a database has, and no script: an application sets it itself.</summary>
    private static bool IsOfApplication(SchemaDifference difference, SidePair sides) =>
        difference.ObjectType == SchemaObjectType.Setting
        && difference.Kind switch
        {
            DifferenceKind.Added => sides.Left.Side is FileSide or FolderSide,
            DifferenceKind.Removed => sides.Right.Side is FileSide or FolderSide,
            _ => false,
        };

    /// <summary>Reads one.</summary>
    /// <exception cref="MigrationException">The database, file, folder or backup is missing or bad, or no scratch database can be
    /// had.</exception>
    public Task<SchemaSnapshot> ReadAsync(SchemaSide side, CancellationToken cancellationToken) =>
        side switch
        {
            DatabaseSide database => OfDatabaseAsync(database.Target, cancellationToken),
            FileSide file => new ExpectedSchema(driver, options, scratch).OfFileAsync(file.File, cancellationToken),
            FolderSide folder => new ExpectedSchema(driver, options, scratch).OfFolderAsync(
                PlanningInputReader.Of(
                    VariableBinding.ReadFolder(folder.Folder, options.Folder, driver.Dialect, cancellationToken),
                    [],
                    options
                ),
                cancellationToken
            ),
            BackupSide backup => OfBackupAsync(backup, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(side), side, "Unknown kind of side."),
        };

    private async Task<SchemaSnapshot> OfDatabaseAsync(DatabaseTarget target, CancellationToken cancellationToken)
    {
        var session = await driver
            .OpenAsync(target, options.Session with { Access = SessionAccess.Read }, cancellationToken)
            .ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
            return await session.Inspector.ReadSchemaAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<SchemaSnapshot> OfBackupAsync(BackupSide side, CancellationToken cancellationToken)
    {
        var made = await driver.Scratch.CreateAsync(scratch, cancellationToken).ConfigureAwait(false);
        await using (made.ConfigureAwait(false))
        {
            await driver.Backups.LoadAsync(side.Backup, made.Target, options.Session, cancellationToken).ConfigureAwait(false);
            return await OfDatabaseAsync(made.Target, cancellationToken).ConfigureAwait(false);
        }
    }
}
