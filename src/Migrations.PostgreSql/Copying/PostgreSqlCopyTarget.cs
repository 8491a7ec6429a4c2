using Migrations.Databases;
using Migrations.Events;
using Migrations.Tables;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// A database that is copied into. The tables are built in a schema of their own, of a name that a killed copy can be known by, and move to
/// their places in one transaction at the end.
/// </summary>
internal sealed class PostgreSqlCopyTarget : ICopyTarget
{
    // The most that the server allows (https://www.postgresql.org/docs/current/limits.html).
    private const int MostColumns = 1600;

    private readonly PostgreSqlSession _session;
    private readonly TargetCatalogue _catalogue;
    private readonly List<LeftOutObject> _refused = [];
    private CopyPlan _plan = new() { Tables = [] };
    private readonly List<string> _views = [];
    private IReadOnlyList<string> _replaced = [];
    private readonly List<string> _replacedViews = [];
    private string _schema = "";
    private string? _staging;

    private PostgreSqlCopyTarget(PostgreSqlSession session) => (_session, _catalogue) = (session, new TargetCatalogue(session.Connection));

    private PostgreSqlConnection Connection => _session.Connection;

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
    public Task<IRowWriter> WriteAsync(CopyTable table, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(OpenWriterAsync(table, cancellationToken), $"Copying {table.Name}");

    /// <inheritdoc/>
    public Task<IReadOnlyList<LeftOutObject>> FinishAsync(CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(BuildAsync(cancellationToken), "Building keys and indexes");

    /// <inheritdoc/>
    public Task<IRowReader> ReadBackAsync(CopyTable table, IReadOnlyList<ReadColumn> columns, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(OpenReaderAsync(table, columns, cancellationToken), $"Reading {table.Name}");

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CopyObstacle>> VerifyAsync(CancellationToken cancellationToken)
    {
        var found = new List<CopyObstacle>();
        foreach (var table in _plan.Tables)
            found.AddRange(
                await PostgreSqlErrors
                    .TranslateAsync(_catalogue.VerifyAsync(_staging!, table, _refused, cancellationToken), "Verifying the copy")
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
        if (_staging is { } staging)
            await DropAsync(staging).ConfigureAwait(false);
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
        var there = await _catalogue.RelationsAsync(_schema, cancellationToken).ConfigureAwait(false);
        var obstacles = new List<CopyObstacle>();
        foreach (var table in plan.Tables)
            obstacles.AddRange(await FindObstaclesAsync(table, there, recreates, cancellationToken).ConfigureAwait(false));
        _replaced = recreates
            ? [.. plan.Tables.Where(t => there.GetValueOrDefault(TargetNames.Of(t.Name)) is 'r' or 'p').Select(t => t.Name)]
            : [];
        var parts = plan.Tables.Select(t => new TableScript(_schema, t)).ToList();
        foreach (var view in plan.Views.Where(v => there.ContainsKey(TargetNames.Of(v.Name))))
        {
            if (!recreates || there[TargetNames.Of(view.Name)] is not 'v')
                obstacles.Add(
                    new CopyObstacle(view.Name, Column: null, $"{TargetNames.Qualified(_schema, view.Name)} exists", [], Rows: null)
                );
            else
                _replacedViews.Add(view.Name);
        }

        List<ScriptPart> finish =
        [
            .. parts.SelectMany(p => p.Finish()),
            .. parts.SelectMany(p => p.ForeignKeys()),
            .. new ViewScript(_schema, plan).Write(),
        ];
        return new TargetPlan
        {
            Tables = [.. plan.Tables.Select(Describe)],
            Statements =
            [
                .. plan.Tables.SelectMany(t => Creation(_schema, t).Statements),
                .. finish.Select(p => p.Statement).OfType<string>(),
                .. parts.Select(p => p.Numbering()).OfType<string>(),
            ],
            LeftOut =
            [
                .. plan.Tables.SelectMany(t => Creation(_schema, t).LeftOut),
                .. finish.Where(p => p.Refusal is not null).Select(p => p.LeftOut(p.Refusal!)),
                .. plan.FullTexts.Select(f => FullTextAdvice.Of(f, plan, _schema)),
            ],
            Obstacles = obstacles,
            Replaced = [.. _replacedViews.Concat(_replaced).Select(t => TargetNames.Qualified(_schema, t))],
        };
    }

    private TargetTable Describe(CopyTable table) =>
        new(
            table.Name,
            TargetNames.Qualified(_schema, table.Name),
            [.. table.Columns.Select(c => new TargetColumn(c.Name, TargetNames.Of(c.Name), TargetNames.TypeOf(c.Type)))]
        );

    private async Task<List<CopyObstacle>> FindObstaclesAsync(
        CopyTable table,
        Dictionary<string, char> there,
        bool recreates,
        CancellationToken cancellationToken
    )
    {
        var found = new List<CopyObstacle>();
        void Add(string problem) => found.Add(new CopyObstacle(table.Name, Column: null, problem, [], Rows: null));
        if (table.Columns.Count > MostColumns)
            Add($"it has {table.Columns.Count} columns, and a table of PostgreSQL {MostColumns} at most");
        foreach (var column in table.FullTexts.Where(c => table.Columns.Any(o => Is(o.Name, SearchColumn.NameOf(c)))))
            Add($"a column {SearchColumn.NameOf(column)} is to be made for the search, and exists");
        if (there.TryGetValue(TargetNames.Of(table.Name), out var kind))
        {
            var name = TargetNames.Qualified(_schema, table.Name);
            if (kind is not ('r' or 'p'))
                Add($"{name} exists and is no table");
            else if (!recreates)
                Add(
                    await _catalogue.HasRowsAsync(name, cancellationToken).ConfigureAwait(false)
                        ? $"{name} exists and is not empty"
                        : $"{name} exists"
                );
            else
                return found;
        }

        foreach (var index in table.Indexes.Where(i => there.ContainsKey(TargetNames.Of(i.Name))))
            Add($"{TargetNames.Qualified(_schema, index.Name)} exists, and an index is to have this name");
        return found;
    }

    private static bool Is(string one, string other) => string.Equals(one, other, StringComparison.Ordinal);

    // A column whose expression has no equal is an ordinary one, with the values.
    private static (CopyTable Table, IReadOnlyList<string> Statements, IReadOnlyList<LeftOutObject> LeftOut) Creation(
        string schema,
        CopyTable table
    )
    {
        var leftOut = new List<LeftOutObject>();
        while (true)
        {
            try
            {
                return (table, [new TableScript(schema, table).Create()], leftOut);
            }
            catch (UntranslatableException)
            {
                table = ComputedColumns.WithoutUntranslatable(schema, table, leftOut);
            }
        }
    }

    private async Task<IReadOnlyList<CopyTable>> CreateAsync(CancellationToken cancellationToken)
    {
        await StagingSchema.RemoveLeftoversAsync(Connection, cancellationToken).ConfigureAwait(false);
        var staging = StagingSchema.NewName();
        await StagingSchema.HoldAsync(Connection, staging, cancellationToken).ConfigureAwait(false);
        _staging = staging;
        await Connection.ExecuteAsync($"CREATE SCHEMA {PostgreSqlText.Name(staging)}", cancellationToken).ConfigureAwait(false);
        var tables = new List<CopyTable>();
        await BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        foreach (var planned in _plan.Tables)
        {
            var table = Creation(staging, planned).Table;
            while (await TryAsync(new TableScript(staging, table).Create(), cancellationToken).ConfigureAwait(false) is { } refusal)
                table = ComputedColumns.WithoutRefused(table, _refused, refusal);
            tables.Add(table);
        }

        await Connection.ExecuteAsync("COMMIT", cancellationToken).ConfigureAwait(false);
        _plan = _plan with { Tables = tables };
        return tables;
    }

    private async Task<IRowWriter> OpenWriterAsync(CopyTable table, CancellationToken cancellationToken)
    {
        await BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        var name = TargetNames.Qualified(_staging!, table.Name);
        // Only into a table that is new in this transaction rows can be written as frozen, which spares the next reader of them a write.
        await Connection.ExecuteAsync($"TRUNCATE {name}", cancellationToken).ConfigureAwait(false);
        return await CopyStreamWriter
            .OpenAsync(
                Connection,
                $"COPY {name} ({TargetNames.List(table.Stored.Select(c => c.Name))}) FROM STDIN (FORMAT BINARY, FREEZE)",
                token => Connection.ExecuteAsync("COMMIT", token),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<LeftOutObject>> BuildAsync(CancellationToken cancellationToken)
    {
        await BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        var scripts = _plan.Tables.Select(t => new TableScript(_staging!, t)).ToList();
        var built = new List<LeftOutObject>();
        IEnumerable<ScriptPart> parts =
        [
            .. scripts.SelectMany(s => s.Finish()),
            .. scripts.SelectMany(s => s.ForeignKeys()),
            .. new ViewScript(_staging!, _plan).Write(),
        ];
        foreach (var part in parts)
        {
            if (part.Statement is null)
                _refused.Add(part.LeftOut(part.Refusal!));
            else if (await TryAsync(part.Statement, cancellationToken).ConfigureAwait(false) is { } refusal)
            {
                var leftOut = part.LeftOut($"the server says '{refusal}'") with { IsRefused = true };
                _refused.Add(leftOut);
                built.Add(leftOut);
            }
            else if (part.Table is null)
            {
                _views.Add(part.Name);
            }
        }

        foreach (var numbering in scripts.Select(s => s.Numbering()).OfType<string>())
            await Connection.QueryAsScriptAsync(numbering, _ => { }, cancellationToken).ConfigureAwait(false);
        await Connection.ExecuteAsync("COMMIT", cancellationToken).ConfigureAwait(false);
        return [.. _refused.Where(r => Is(r.Kind, ComputedColumns.Kind)), .. built];
    }

    private async Task<IRowReader> OpenReaderAsync(CopyTable table, IReadOnlyList<ReadColumn> columns, CancellationToken cancellationToken)
    {
        var list = TargetNames.List(columns.Select(c => c.Name));
        return await CopyStreamReader
            .OpenAsync(
                Connection,
                $"COPY (SELECT {list} FROM ONLY {TargetNames.Qualified(_staging!, table.Name)}) TO STDOUT (FORMAT BINARY)",
                columns,
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private async Task MoveAsync(CarriedHistory? history, CancellationToken cancellationToken)
    {
        if (history is not null)
            await _session.History.EnsureAsync(cancellationToken).ConfigureAwait(false);
        var run = await _session.BeginRunAsync([], cancellationToken).ConfigureAwait(false);
        await using var _ = run.ConfigureAwait(false);
        await SetAsync(cancellationToken).ConfigureAwait(false);
        if (Connection.Guard is { } guard)
            await Connection.ExecuteAsync("SELECT " + guard, cancellationToken).ConfigureAwait(false);
        if (_replacedViews.Count > 0)
            await Connection
                .ExecuteAsync(
                    "DROP VIEW " + string.Join(", ", _replacedViews.Select(v => TargetNames.Qualified(_schema, v))),
                    cancellationToken
                )
                .ConfigureAwait(false);
        if (_replaced.Count > 0)
            await Connection
                .ExecuteAsync(
                    "DROP TABLE " + string.Join(", ", _replaced.Select(t => TargetNames.Qualified(_schema, t))),
                    cancellationToken
                )
                .ConfigureAwait(false);
        foreach (var view in _views)
            await Connection
                .ExecuteAsync(
                    $"ALTER VIEW {TargetNames.Qualified(_staging!, view)} SET SCHEMA {PostgreSqlText.Name(_schema)}",
                    cancellationToken
                )
                .ConfigureAwait(false);
        foreach (var table in _plan.Tables)
            await Connection
                .ExecuteAsync(
                    $"ALTER TABLE {TargetNames.Qualified(_staging!, table.Name)} SET SCHEMA {PostgreSqlText.Name(_schema)}",
                    cancellationToken
                )
                .ConfigureAwait(false);
        await Connection.ExecuteAsync($"DROP SCHEMA {PostgreSqlText.Name(_staging!)}", cancellationToken).ConfigureAwait(false);
        if (history is not null)
            await AppendAsync(history, cancellationToken).ConfigureAwait(false);
        await run.CommitAsync(cancellationToken).ConfigureAwait(false);
        _staging = null;
        foreach (var table in _plan.Tables)
            await Connection.ExecuteAsync($"ANALYZE {TargetNames.Qualified(_schema, table.Name)}", cancellationToken).ConfigureAwait(false);
    }

    private async Task AppendAsync(CarriedHistory history, CancellationToken cancellationToken)
    {
        var schema = await new PostgreSqlSchemaReader(Connection).ReadInsideAsync(cancellationToken).ConfigureAwait(false);
        await history.AppendAsync(_session.History, schema, cancellationToken).ConfigureAwait(false);
    }

    private async Task BeginTransactionAsync(CancellationToken cancellationToken)
    {
        await Connection.ExecuteAsync("BEGIN", cancellationToken).ConfigureAwait(false);
        await SetAsync(cancellationToken).ConfigureAwait(false);
    }

    // Names and functions mean what the server's own catalogue says, and copying takes as long as it takes.
    private Task<int> SetAsync(CancellationToken cancellationToken) =>
        Connection.QueryAsScriptAsync(
            "SELECT pg_catalog.set_config('search_path', $1, true), pg_catalog.set_config('statement_timeout', '0', true), "
                + "pg_catalog.set_config('lock_timeout', $2, true)",
            _ => { },
            cancellationToken,
            OwnSettings.SearchPath,
            ((long)Connection.Options.TableLockTimeout.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture)
        );

    /// <summary>Runs a statement that the server may refuse.</summary>
    /// <returns>Its words; null when it did not.</returns>
    private async Task<string?> TryAsync(string statement, CancellationToken cancellationToken)
    {
        await Connection.ExecuteAsync("SAVEPOINT migrations_part", cancellationToken).ConfigureAwait(false);
        try
        {
            await Connection.ExecuteAsync(statement, cancellationToken).ConfigureAwait(false);
            await Connection.ExecuteAsync("RELEASE SAVEPOINT migrations_part", cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e) && !cancellationToken.IsCancellationRequested)
        {
            await Connection.ExecuteAsync("ROLLBACK TO SAVEPOINT migrations_part", cancellationToken).ConfigureAwait(false);
            return e.MessageText;
        }
    }

    private async Task DropAsync(string staging)
    {
        try
        {
            await Connection.RollBackAsync().ConfigureAwait(false);
            await StagingSchema.DropAsync(Connection, staging, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or MigrationException or InvalidOperationException)
        {
            Connection.Options.Events.Publish(
                new WarningRaised(
                    $"The schema {staging} of {Connection.Target.Display}, in which the copy was built, could not be dropped: "
                        + $"{PostgreSqlErrors.Message(e).TrimEnd('.')}. The next copy drops it; or drop it yourself: DROP SCHEMA "
                        + $"{staging} CASCADE;"
                )
            );
        }
    }
}
