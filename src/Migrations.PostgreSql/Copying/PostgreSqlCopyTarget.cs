using Migrations.Databases;
using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>
/// A database that is copied into. The tables are built in a schema of their own, of a name that a killed copy can be known by, and move to
/// their places in one transaction at the end.
/// </summary>
internal sealed class PostgreSqlCopyTarget : ICopyTarget
{
    private readonly PostgreSqlSession _session;
    private readonly TargetCatalogue _catalogue;
    private CopyPlan _plan = new() { Tables = [] };
    private TargetLook? _look;
    private StagedTables? _staged;
    private string _schema = "";

    private PostgreSqlCopyTarget(PostgreSqlSession session) => (_session, _catalogue) = (session, new TargetCatalogue(session.Connection));

    private PostgreSqlConnection Connection => _session.Connection;

    private StagedTables Staged => _staged!;

    /// <summary>Opens it, under the migration lock unless it is only looked at.</summary>
    public static async Task<PostgreSqlCopyTarget> OpenAsync(
        DatabaseTarget target,
        SessionOptions options,
        PostgreSqlConnector connector,
        CancellationToken cancellationToken
    ) => new(await PostgreSqlSession.OpenLockedAsync(target, options, connector, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public Task<TargetPlan> PlanAsync(CopyPlan plan, bool recreates, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(FindPlanAsync(plan, recreates, cancellationToken), "Looking at the target");

    /// <inheritdoc/>
    public Task<IReadOnlyList<CopyTable>> BeginAsync(CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(CreateAsync(cancellationToken), "Creating tables");

    /// <inheritdoc/>
    public Task<int> WidenAsync(int most, CancellationToken cancellationToken) => Staged.WidenAsync(most, cancellationToken);

    /// <inheritdoc/>
    public Task<IRowWriter> WriteAsync(CopyTable table, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(Staged.WriteAsync(table, cancellationToken), $"Copying {table.Name}");

    /// <inheritdoc/>
    public Task<IReadOnlyList<LeftOutObject>> FinishAsync(CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(Staged.BuildAsync(cancellationToken), "Building keys and indexes");

    /// <inheritdoc/>
    public Task<IRowReader> ReadBackAsync(CopyTable table, IReadOnlyList<ReadColumn> columns, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(Staged.ReadAsync(table, columns, cancellationToken), $"Reading {table.Name}");

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CopyObstacle>> VerifyAsync(CancellationToken cancellationToken)
    {
        var found = new List<CopyObstacle>();
        foreach (var table in Staged.Tables)
            found.AddRange(
                await PostgreSqlErrors
                    .TranslateAsync(Staged.VerifyAsync(_catalogue, table, cancellationToken), "Verifying the copy")
                    .ConfigureAwait(false)
            );
        return found;
    }

    /// <inheritdoc/>
    public Task PublishAsync(CarriedHistory? history, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(MoveAsync(history, cancellationToken), "Putting the tables in their places");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_staged is not null)
            await _staged.DisposeAsync().ConfigureAwait(false);
        await _session.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<TargetPlan> FindPlanAsync(CopyPlan plan, bool recreates, CancellationToken cancellationToken)
    {
        _schema =
            await _catalogue.FindSchemaAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new MigrationException(
                ErrorId.CopyTargetOccupied,
                $"The search_path of {Connection.Target.Display} names no schema that exists, so there is no place for the tables.",
                "Create the schema, or name another in the connection: search_path=<schema>."
            );
        _plan = plan;
        _look = new TargetLook(_catalogue, _schema, recreates);
        return await _look.FindAsync(plan, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<CopyTable>> CreateAsync(CancellationToken cancellationToken)
    {
        _staged = await StagedTables.CreateAsync(Connection, _plan, cancellationToken).ConfigureAwait(false);
        return _staged.Tables;
    }

    private async Task<bool> MoveAsync(CarriedHistory? history, CancellationToken cancellationToken)
    {
        if (history is not null)
            await _session.History.EnsureAsync(cancellationToken).ConfigureAwait(false);
        var run = await _session.BeginRunAsync([], cancellationToken).ConfigureAwait(false);
        await using var _ = run.ConfigureAwait(false);
        await StagedTables.SetAsync(Connection, cancellationToken).ConfigureAwait(false);
        if (Connection.Guard is { } guard)
            await Connection.ExecuteAsync("SELECT " + guard, cancellationToken).ConfigureAwait(false);
        await DropAsync("VIEW", _look!.ReplacedViews, cancellationToken).ConfigureAwait(false);
        await DropAsync("TABLE", _look.Replaced, cancellationToken).ConfigureAwait(false);
        await Staged.MoveAsync(_schema, cancellationToken).ConfigureAwait(false);
        if (history is not null)
            await AppendAsync(history, cancellationToken).ConfigureAwait(false);
        await run.CommitAsync(cancellationToken).ConfigureAwait(false);
        Staged.HaveMoved();
        foreach (var table in Staged.Tables)
            await Connection.ExecuteAsync($"ANALYZE {TargetNames.Qualified(_schema, table.Name)}", cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task DropAsync(string kind, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (names.Count > 0)
            await Connection
                .ExecuteAsync($"DROP {kind} {string.Join(", ", names.Select(n => TargetNames.Qualified(_schema, n)))}", cancellationToken)
                .ConfigureAwait(false);
    }

    private async Task AppendAsync(CarriedHistory history, CancellationToken cancellationToken)
    {
        var schema = await new PostgreSqlSchemaReader(Connection).ReadInsideAsync(cancellationToken).ConfigureAwait(false);
        await history.AppendAsync(_session.History, schema, cancellationToken).ConfigureAwait(false);
    }
}
