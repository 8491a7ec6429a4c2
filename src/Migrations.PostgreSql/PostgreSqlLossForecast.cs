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
    private readonly List<DataLoss> _losses = [];
    private readonly List<string> _notForeseen = [];
    private readonly HashSet<string> _made = new(StringComparer.Ordinal);
    private readonly Dictionary<string, uint> _renamed = new(StringComparer.Ordinal);
    private readonly Dictionary<(uint Table, string Column), string> _renamedColumns = [];
    private readonly HashSet<(uint Table, int Column)> _gone = [];
    private readonly HashSet<uint> _away = [];

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
                await session.QueryAsync(piece.Text, _ => { }, cancellationToken).ConfigureAwait(false);
            foreach (var what in LossReader.Read(piece.Text))
                await FollowAsync(what, piece.Line, cancellationToken).ConfigureAwait(false);
        }

        return new LossForecast(_losses, _notForeseen);
    }

    private async Task FollowAsync(LossEvent what, int line, CancellationToken cancellationToken)
    {
        switch (what.Act)
        {
            case LossAct.Unknown:
                _notForeseen.Add(string.Create(CultureInfo.InvariantCulture, $"Line {line} {what.Name}; what goes with that, only a rehearsal with data can tell."));
                break;
            case LossAct.Create:
                _made.Add(LastPart(what.Name));
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

    private async Task FollowAsync(LossEvent what, uint table, int line, CancellationToken cancellationToken)
    {
        switch (what.Act)
        {
            case LossAct.Rename:
                _renamed[LastPart(what.Kind is "SCHEMA" ? what.Name : what.Second!)] = table;
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
            return;
        }

        var found = table is { } oid
            ? await Dependants.OfRelationAsync(session, oid, what.Cascades, cancellationToken).ConfigureAwait(false)
            : await Dependants.OfAsync(session, what.Kind, what.Name, what.Cascades, cancellationToken).ConfigureAwait(false);
        await LoseAsync(found, line, cancellationToken).ConfigureAwait(false);
        _renamed.Remove(LastPart(what.Name));
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
        var (rows, isEstimate) = await CountAsync(item, cancellationToken).ConfigureAwait(false);
        _losses.Add(new DataLoss(kind, item.Column is null ? item.Name : $"{item.Name}.{item.Column}", rows, isEstimate, line));
    }

    private async Task<(long? Rows, bool IsEstimate)> CountAsync(Dependant item, CancellationToken cancellationToken)
    {
        var left = Math.Max(1, (long)(limit - _clock.Elapsed).TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        await session.QueryAsync("SELECT pg_catalog.set_config('statement_timeout', $1, true)", _ => { }, cancellationToken, left).ConfigureAwait(false);
        await session.ExecuteAsync("SAVEPOINT migrations_count", cancellationToken).ConfigureAwait(false);
        long? rows = null;
        try
        {
            await session.QueryAsync($"SELECT pg_catalog.count(*) FROM {(item.IsPartitioned ? "" : "ONLY ")}{item.Name}{(item.Column is null ? "" : $" WHERE {item.Column} IS NOT NULL")}", row => rows = row.GetInt64(0), cancellationToken).ConfigureAwait(false);
            return (rows, false);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.InsufficientPrivilege && !cancellationToken.IsCancellationRequested)
        {
            await session.ExecuteAsync("ROLLBACK TO SAVEPOINT migrations_count", cancellationToken).ConfigureAwait(false);
        }

        await session.QueryAsync("SELECT pg_catalog.set_config('statement_timeout', '0', true)", _ => { }, cancellationToken).ConfigureAwait(false);
        rows = await Dependants.EstimateAsync(session, item, cancellationToken).ConfigureAwait(false);
        return (rows, rows is not null);
    }

    /// <summary>The table that a name stands for at this place of the script; null when it is none that was there before.</summary>
    private async Task<uint?> TableAsync(string name, CancellationToken cancellationToken)
    {
        if (_renamed.TryGetValue(LastPart(name), out var renamed))
            return renamed;
        uint? found = null;
        await session.QueryAsync("SELECT pg_catalog.to_regclass($1)::oid::bigint", row => found = row.IsDBNull(0) ? null : (uint)row.GetInt64(0), cancellationToken, name).ConfigureAwait(false);
        return found is { } table && _away.Contains(table) ? null : found;
    }

    private void Missing(LossEvent what, int line)
    {
        if (!what.MayBeMissing && what.Act is LossAct.Drop or LossAct.DropColumn or LossAct.Empty && !_made.Contains(LastPart(what.Name)))
            _notForeseen.Add(string.Create(CultureInfo.InvariantCulture, $"Line {line} names {LossReader.Shown(what.Name)}, which is not there now; what it will be, only a rehearsal with data can tell."));
    }

    private static string LastPart(string name)
    {
        var at = name.LastIndexOf('.');
        return name.EndsWith('"') ? name[(name.LastIndexOf(".\"", StringComparison.Ordinal) is >= 0 and var quoted ? quoted + 1 : 0)..] : name[(at + 1)..];
    }
}
