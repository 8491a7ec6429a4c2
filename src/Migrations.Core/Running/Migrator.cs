using Migrations.Databases;
using Migrations.History;
using Migrations.Planning;

namespace Migrations;

/// <summary>Applies, shows and undoes the migrations of one folder in one database.</summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database.</param>
/// <param name="folder">The migration folder.</param>
/// <param name="options">How to read and to connect.</param>
public sealed class Migrator(IDatabaseDriver driver, DatabaseTarget target, string folder, MigratorOptions? options = null)
{
    private readonly MigratorOptions _options = options ?? new MigratorOptions();

    /// <summary>Where each migration stands.</summary>
    public Task<IReadOnlyList<MigrationStatus>> GetStatusAsync(CancellationToken cancellationToken = default) => throw new InvalidOperationException(driver.Engine + target + folder + _options);

    /// <summary>Where the database stands.</summary>
    public Task<DatabaseStatus> GetSummaryAsync(CancellationToken cancellationToken = default) => throw new InvalidOperationException();

    /// <summary>Every event of the history, oldest first.</summary>
    public Task<IReadOnlyList<JournalEntry>> GetHistoryAsync(CancellationToken cancellationToken = default) => throw new InvalidOperationException();

    /// <summary>The steps that <see cref="ApplyAsync"/> would take.</summary>
    public Task<MigrationPlan> PlanApplyAsync(ApplyRequest? request = null, CancellationToken cancellationToken = default) => throw new InvalidOperationException();

    /// <summary>Applies what is pending.</summary>
    public Task<IReadOnlyList<MigrationResult>> ApplyAsync(ApplyRequest? request = null, CancellationToken cancellationToken = default) => throw new InvalidOperationException();

    /// <summary>The steps that <see cref="UndoAsync"/> would take.</summary>
    public Task<MigrationPlan> PlanUndoAsync(UndoRequest? request = null, CancellationToken cancellationToken = default) => throw new InvalidOperationException();

    /// <summary>Undoes the last migration, or as many as asked for.</summary>
    public Task<IReadOnlyList<MigrationResult>> UndoAsync(UndoRequest? request = null, CancellationToken cancellationToken = default) => throw new InvalidOperationException();

    /// <summary>Mends the history, after comparing.</summary>
    public Task<IReadOnlyList<RepairResult>> RepairAsync(RepairRequest? request = null, CancellationToken cancellationToken = default) => throw new InvalidOperationException();

    /// <summary>Records migrations as applied without running them.</summary>
    public Task<IReadOnlyList<MigrationStatus>> BaselineAsync(BaselineRequest request, CancellationToken cancellationToken = default) => throw new InvalidOperationException();
}
