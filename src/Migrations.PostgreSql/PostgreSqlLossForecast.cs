using System.Diagnostics;
using System.Globalization;
using Migrations.Databases;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Finds what a script would lose. Its statements are read, not run; names are looked up in the catalogue, and so is what goes with them by CASCADE. A table that the script
/// itself makes, or has renamed, is followed by name.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="script">The script.</param>
/// <param name="limit">How long counting may take in all.</param>
internal sealed class PostgreSqlLossForecast(PostgreSqlSession session, MigrationScript script, TimeSpan limit)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<(Dependant Item, DataLoss Loss)> _losses = [];
    private readonly List<string> _notForeseen = [];
    private readonly HashSet<string> _made = new(StringComparer.Ordinal);
    private readonly Dictionary<string, uint> _renamed = new(StringComparer.Ordinal);
    private readonly Dictionary<(uint Table, string Column), string> _renamedColumns = [];
    private readonly HashSet<(uint Table, int Column)> _gone = [];
    private readonly HashSet<uint> _away = [];
    private readonly CarriedRows _carried = new();

    /// <summary>Finds it.</summary>
    public async Task<LossForecast> FindAsync(CancellationToken cancellationToken)
    {
        var transaction = new ReadTransaction(session);
        await using var _ = transaction.ConfigureAwait(false);
        await transaction.BeginAsync(cancellationToken).ConfigureAwait(false);
        foreach (var piece in PostgreSqlStatementReader.Read(script).Where(p => p.Kind == SqlPieceKind.Statement))
        {
            // Names mean what they would mean in the script.
            if (StatementClassifier.Classify(piece.Text) == StatementRole.Setting && new StatementWords(piece.Text).Contain("SEARCH_PATH"))
                await session.QueryAsScriptAsync(piece.Text, _ => { }, cancellationToken).ConfigureAwait(false);
            foreach (var what in LossReader.Read(piece.Text))
                await FollowAsync(what, piece.Line, cancellationToken).ConfigureAwait(false);
            if (RowCopy.Read(piece.Text, piece.Line) is { } copy)
                await FollowAsync(copy, cancellationToken).ConfigureAwait(false);
        }

        await PutBackAsync(cancellationToken).ConfigureAwait(false);
        return new LossForecast([.. _losses.Select(l => l.Loss)], _notForeseen);
    }

    private async Task FollowAsync(RowCopy copy, CancellationToken cancellationToken)
    {
        var from = new List<(uint? Table, string Name)>();
        foreach (var name in copy.From)
            from.Add((await TableAsync(name, cancellationToken).ConfigureAwait(false), name));
        _carried.Copy(copy, await TableAsync(copy.Into, cancellationToken).ConfigureAwait(false), from);
    }

    private async Task FollowAsync(LossEvent what, int line, CancellationToken cancellationToken)
    {
        switch (what.Act)
        {
            case LossAct.Unknown:
                _notForeseen.Add(string.Create(CultureInfo.InvariantCulture, $"Line {line} {what.Name}; what goes with that, only a rehearsal with data can tell."));
                break;
            case LossAct.Create:
                _made.Add(SqlNames.LastPart(what.Name));
                _carried.Make(what.Name, what.Kind is "TEMPORARY");
                break;
            case LossAct.Drop:
                await DropAsync(what, line, cancellationToken).ConfigureAwait(false);
                break;
            default:
                if (await TableAsync(what.Name, cancellationToken).ConfigureAwait(false) is { } table)
                    await FollowAsync(what, table, line, cancellationToken).ConfigureAwait(false);
                else
                    Missing(what, line);
                break;
        }
    }

    /// <summary>What is carried back into its place is not lost, but for the columns that are left behind.</summary>
    private async Task PutBackAsync(CancellationToken cancellationToken)
    {
        foreach (var (item, loss) in _losses.Where(l => l.Item.Column is null).ToList())
        {
            if (_carried.WaysBack(item.Table, item.Name) is not { Count: > 0 } ways)
                continue;
            _losses.Remove((item, loss));
            if (ways.SelectMany(w => w).FirstOrDefault(c => c.MayLeaveRows) is { } narrow)
                _notForeseen.Add(string.Create(CultureInfo.InvariantCulture, $"Line {narrow.Line} copies rows of {item.Name}; whether it takes all, only a rehearsal with data can tell."));
            foreach (var column in await Dependants.ColumnsAsync(session, item, cancellationToken).ConfigureAwait(false))
            {
                var before = SqlNames.Plain(column.Column!);
                var now = _renamedColumns.FirstOrDefault(r => r.Key.Table == item.Table && string.Equals(SqlNames.Plain(r.Value), before, StringComparison.Ordinal)).Key.Column is { } name ? SqlNames.Plain(name) : before;
                if (!ways.Any(w => w.All(c => c.Takes(now))) && _gone.Add((column.Table, column.Number)))
                    await AddAsync(DataLossKind.Column, column, loss.Line, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task FollowAsync(LossEvent what, uint table, int line, CancellationToken cancellationToken)
    {
        switch (what.Act)
        {
            case LossAct.Rename:
                _renamed[SqlNames.LastPart(what.Kind is "SCHEMA" ? what.Name : what.Second!)] = table;
                _away.Add(table);
                break;
            case LossAct.RenameColumn:
                _renamedColumns[(table, what.Second!)] = _renamedColumns.GetValueOrDefault((table, what.Kind), what.Kind);
                break;
            case LossAct.DropColumn:
                await LoseAsync(await Dependants.OfColumnAsync(session, table, _renamedColumns.GetValueOrDefault((table, what.Second!), what.Second!), what.Cascades, cancellationToken).ConfigureAwait(false), line, cancellationToken).ConfigureAwait(false);
                break;
            default:
                foreach (var emptied in await Dependants.EmptiedWithAsync(session, table, what.Cascades, cancellationToken).ConfigureAwait(false))
                {
                    if (!_away.Contains(emptied.Table))
                        await AddAsync(DataLossKind.Rows, emptied, line, cancellationToken).ConfigureAwait(false);
                    _carried.Empty(emptied.Table);
                }

                break;
        }
    }

    private async Task DropAsync(LossEvent what, int line, CancellationToken cancellationToken)
    {
        var isRelation = what.Kind is "TABLE" or "VIEW";
        var table = isRelation ? await TableAsync(what.Name, cancellationToken).ConfigureAwait(false) : null;
        if (isRelation && table is null)
        {
            if (what.Kind is "TABLE")
                Missing(what, line);
            _carried.Drop(what.Name);
            return;
        }

        var found = table is { } oid
            ? await Dependants.OfRelationAsync(session, oid, what.Cascades, cancellationToken).ConfigureAwait(false)
            : await Dependants.OfAsync(session, what.Kind, what.Name, what.Cascades, cancellationToken).ConfigureAwait(false);
        await LoseAsync(found, line, cancellationToken).ConfigureAwait(false);
        _renamed.Remove(SqlNames.LastPart(what.Name));
    }

    private async Task LoseAsync(IReadOnlyList<Dependant> found, int line, CancellationToken cancellationToken)
    {
        foreach (var item in found)
        {
            var isNew = item.Column is null ? _gone.Add((item.Table, 0)) : !_gone.Contains((item.Table, 0)) && _gone.Add((item.Table, item.Number));
            // A renamed table is "away" under its old name and goes under its new one; one that was dropped before cannot go twice.
            if (isNew && !item.IsInside)
                await AddAsync(item.Column is null ? DataLossKind.Table : DataLossKind.Column, item, line, cancellationToken).ConfigureAwait(false);
            if (item.Column is null)
                _away.Add(item.Table);
        }
    }

    private async Task AddAsync(DataLossKind kind, Dependant item, int line, CancellationToken cancellationToken)
    {
        var (rows, isEstimate, isHidden) = await CountAsync(item, cancellationToken).ConfigureAwait(false);
        _losses.Add((item, new DataLoss(kind, item.Column is null ? item.Name : $"{item.Name}.{item.Column}", rows, isEstimate, line) { IsHidden = isHidden }));
    }

    private async Task<(long? Rows, bool IsEstimate, bool IsHidden)> CountAsync(Dependant item, CancellationToken cancellationToken)
    {
        var left = Math.Max(1, (long)(limit - _clock.Elapsed).TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        await session.QueryAsync("SELECT pg_catalog.set_config('statement_timeout', $1, true)", _ => { }, cancellationToken, left).ConfigureAwait(false);
        await session.ExecuteAsync("SAVEPOINT migrations_count", cancellationToken).ConfigureAwait(false);
        long? rows = null;
        bool isHidden;
        try
        {
            await session.QueryTablesAsync($"SELECT pg_catalog.count(*) FROM {(item.IsPartitioned ? "" : "ONLY ")}{item.Name}{(item.Column is null ? "" : $" WHERE {item.Column} IS NOT NULL")}", row => rows = row.GetInt64(0), cancellationToken).ConfigureAwait(false);
            return (rows, false, false);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.InsufficientPrivilege && !cancellationToken.IsCancellationRequested)
        {
            isHidden = PostgreSqlErrors.IsHidden(e);
            await session.ExecuteAsync("ROLLBACK TO SAVEPOINT migrations_count", cancellationToken).ConfigureAwait(false);
        }

        await session.QueryAsync("SELECT pg_catalog.set_config('statement_timeout', '0', true)", _ => { }, cancellationToken).ConfigureAwait(false);
        rows = await Dependants.EstimateAsync(session, item, cancellationToken).ConfigureAwait(false);
        return (rows, rows is not null, isHidden);
    }

    /// <summary>The table that a name stands for at this place of the script; null when it is none that was there before.</summary>
    private async Task<uint?> TableAsync(string name, CancellationToken cancellationToken)
    {
        if (_renamed.TryGetValue(SqlNames.LastPart(name), out var renamed))
            return renamed;
        uint? found = null;
        await session.QueryAsScriptAsync("SELECT pg_catalog.to_regclass($1)::pg_catalog.oid::pg_catalog.int8", row => found = row.IsDBNull(0) ? null : (uint)row.GetInt64(0), cancellationToken, name).ConfigureAwait(false);
        return found is { } table && _away.Contains(table) ? null : found;
    }

    private void Missing(LossEvent what, int line)
    {
        if (what is { Act: LossAct.Rename, Kind: "TABLE" })
            _carried.Rename(what.Name, what.Second!);
        if (!what.MayBeMissing && what.Act is LossAct.Drop or LossAct.DropColumn or LossAct.Empty && !_made.Contains(SqlNames.LastPart(what.Name)))
            _notForeseen.Add(string.Create(CultureInfo.InvariantCulture, $"Line {line} names {LossReader.Shown(what.Name)}, which is not there now; what it will be, only a rehearsal with data can tell."));
    }
}
