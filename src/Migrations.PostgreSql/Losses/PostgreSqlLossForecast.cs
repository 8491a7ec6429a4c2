using System.Diagnostics;
using System.Globalization;
using Migrations.Databases;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Finds what a script would lose. Its statements are read, not run; names are looked up in the catalogue, and so is what goes with them by
/// CASCADE. A table that the script itself makes, or has renamed, is followed by name.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="question">What is asked.</param>
/// <param name="earlier">What the scripts before it change.</param>
internal sealed class PostgreSqlLossForecast(PostgreSqlConnection connection, LossQuestion question, EarlierScripts earlier)
{
    private static readonly PostgreSqlDialect Dialect = new();

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<(Dependant Item, DataLoss Loss)> _losses = [];
    private readonly List<string> _notForeseen = [];
    private readonly HashSet<string> _made = new(StringComparer.Ordinal);
    private readonly Dictionary<string, uint> _renamed = new(StringComparer.Ordinal);
    private readonly Dictionary<(uint Table, string Column), string> _renamedColumns = [];
    private readonly HashSet<(uint Table, int Column)> _gone = [];
    private readonly HashSet<uint> _away = [];
    private readonly Dictionary<string, string> _renamedSchemas = new(StringComparer.Ordinal);
    private readonly CarriedRows _carried = new();
    private bool _isHidden;
    private readonly List<LostObject> _cascaded = [];
    private readonly ScriptWrites _writes = new(Dialect);
    private IReadOnlyList<DeletingKey>? _keys;
    private HarmfulRoutines? _routines;
    private bool _hasSavepoint;

    /// <summary>Finds it.</summary>
    public async Task<LossForecast> FindAsync(CancellationToken cancellationToken)
    {
        var transaction = new ReadTransaction(connection);
        await using var _ = transaction.ConfigureAwait(false);
        await transaction.BeginAsync(cancellationToken).ConfigureAwait(false);
        foreach (var piece in PostgreSqlStatementReader.Read(question.Script).Where(p => p.Kind == SqlPieceKind.Statement))
        {
            await TryAsync(() => FollowAsync(piece, cancellationToken), piece.Line, cancellationToken).ConfigureAwait(false);
            _writes.Observe(piece.Text);
        }

        await PutBackAsync(cancellationToken).ConfigureAwait(false);
        return new LossForecast([.. _losses.Select(l => l.Loss)], _notForeseen) { ObjectsLost = [.. _cascaded.Distinct()] };
    }

    /// <summary>The names that a statement gives to tables that it makes out of others, or renames.</summary>
    public static IEnumerable<string> NamesMade(string statement)
    {
        foreach (var what in LossReader.Read(statement))
        {
            if (what.Act == LossAct.Rename)
                yield return SqlNames.PlainLast(what.Kind is "SCHEMA" ? what.Name : what.Second!);
            else if (what.Act == LossAct.Create && RowCopy.Read(statement, 1) is not null)
                yield return SqlNames.PlainLast(what.Name);
        }

        if (HarmfulRoutines.NameMade(statement) is { } routine && HarmfulRoutines.IsHarmful(statement))
            yield return routine + "()";
    }

    /// <summary>Follows a statement. What the server does not understand of it is not foreseen; the rest of the script still is.</summary>
    private async Task TryAsync(Func<Task> follow, int line, CancellationToken cancellationToken)
    {
        try
        {
            await follow().ConfigureAwait(false);
        }
        catch (PostgresException e) when (_hasSavepoint && !PostgreSqlErrors.IsBroken(e) && !cancellationToken.IsCancellationRequested)
        {
            await connection.ExecuteAsync("ROLLBACK TO SAVEPOINT migrations_piece", cancellationToken).ConfigureAwait(false);
            NotForeseen(line, $"could not be looked at: {e.MessageText}");
        }
    }

    private async Task FollowAsync(SqlPiece piece, CancellationToken cancellationToken)
    {
        // Names mean what they would mean in the script.
        if (StatementClassifier.Classify(piece.Text) == StatementRole.Setting)
        {
            if (!new StatementWords(piece.Text).Contain("SEARCH_PATH"))
                return;
            await SaveAsync(cancellationToken).ConfigureAwait(false);
            await connection.QueryAsScriptAsync(piece.Text, _ => { }, cancellationToken).ConfigureAwait(false);
            _hasSavepoint = false;
            return;
        }

        if (question.Direction == MigrationDirection.Down && await FollowPartsAsync(piece, cancellationToken).ConfigureAwait(false))
            return;
        var change = LossReader.MayChangeRows(piece.Text) ? RowChange.Read(Dialect, piece.Text) : null;
        if (change is not null && (change.IsConditional || !change.IsDelete || new StatementWords(piece.Text)[0] is "WITH"))
        {
            await FollowAsync(change, piece.Line, cancellationToken).ConfigureAwait(false);
            return;
        }

        foreach (var what in LossReader.Read(piece.Text))
        {
            await AddCascadedAsync(what, cancellationToken).ConfigureAwait(false);
            await FollowAsync(what, piece.Line, cancellationToken).ConfigureAwait(false);
        }

        if (
            change is not null
            && question.Direction == MigrationDirection.Down
            && await TableAsync(SqlNames.Written(change.Table), cancellationToken).ConfigureAwait(false) is { } table
        )
            await AddCascadesAsync(
                    change,
                    await Dependants.OfRowsAsync(connection, table, cancellationToken).ConfigureAwait(false),
                    piece.Line,
                    cancellationToken
                )
                .ConfigureAwait(false);
        if (RowCopy.Read(piece.Text, piece.Line) is { } copy)
            await FollowAsync(copy, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Follows in an undo what a statement changes of rows besides as a plain DELETE or UPDATE, and asks about what it calls.
    /// </summary>
    /// <returns>Whether the statement is followed by that.</returns>
    private async Task<bool> FollowPartsAsync(SqlPiece piece, CancellationToken cancellationToken)
    {
        var words = new StatementWords(piece.Text);
        if (words[0] is "DROP" or "ALTER" or "TRUNCATE" or "COMMENT" or "GRANT" or "REVOKE" or "LOCK" or "CALL")
            return false;
        if (_routines is null && HarmfulRoutines.MayBeUsedIn(piece.Text))
            _routines = await RoutinesAsync(cancellationToken).ConfigureAwait(false);
        _routines?.Observe(piece.Text);
        if (words[0] is "DO")
        {
            if (_routines!.MayLose(piece.Text))
                NotForeseen(piece.Line, "runs a block that may drop, delete or overwrite; what is lost by that cannot be counted");
            return true;
        }

        if (!LossReader.Defines(words) && _routines?.CalledIn(piece.Text) is { } called)
            NotForeseen(piece.Line, $"uses {called}, which may delete or overwrite rows; what is lost by that cannot be counted");
        if (words[0] is not ("WITH" or "EXPLAIN" or "COPY" or "PREPARE" or "INSERT" or "MERGE"))
            return false;
        foreach (var part in StatementParts.Read(Dialect, piece.Text))
            await FollowPartAsync(part, piece.Line, cancellationToken).ConfigureAwait(false);
        if (RowCopy.Read(piece.Text, piece.Line) is { } copy)
            await FollowAsync(copy, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private Task<HarmfulRoutines> RoutinesAsync(CancellationToken cancellationToken) =>
        HarmfulRoutines.ReadAsync(
            (query, take) => connection.QueryAsync(query, take, cancellationToken),
            name => earlier.Make(question.Before, name + "()")
        );

    private async Task FollowPartAsync(string part, int line, CancellationToken cancellationToken)
    {
        if (RowChange.Read(Dialect, part) is { } change)
            await FollowAsync(change, line, cancellationToken).ConfigureAwait(false);
        else if (Upsert.Read(Dialect, part) is { } upsert)
            await FollowAsync(upsert, line, cancellationToken).ConfigureAwait(false);
        else if (MergeChanges.Read(Dialect, part) is { } merge)
        {
            foreach (var of in merge.Changes)
                await FollowAsync(of, line, cancellationToken).ConfigureAwait(false);
            if (merge.ChangesOthers)
                NotForeseen(line, $"changes rows of {merge.Table} that do not match, which cannot be counted");
        }
    }

    private async Task FollowAsync(Upsert upsert, int line, CancellationToken cancellationToken)
    {
        if (await TableAsync(SqlNames.Written(upsert.Table), cancellationToken).ConfigureAwait(false) is not { } table)
            return;
        var item = await Dependants.OfRowsAsync(connection, table, cancellationToken).ConfigureAwait(false);
        var columns = await Dependants.ColumnsAsync(connection, item, cancellationToken).ConfigureAwait(false);
        var change = upsert.Change([.. columns.Select(c => c.Column!)], [], "OPERATOR(pg_catalog.=)", SqlNames.Plain);
        var rows =
            change is null || _writes.MayChange(change)
                ? null
                : await CountAsync(() => new RowCount(connection).CountAsync(change, cancellationToken), cancellationToken)
                    .ConfigureAwait(false);
        if (rows is null)
            NotForeseen(line, $"overwrites rows of {item.Name} that are there already; how many cannot be counted");
        else
            _losses.Add((item, new DataLoss(DataLossKind.Overwritten, item.Name, rows, IsEstimate: false, line)));
    }

    private async Task AddCascadedAsync(LossEvent what, CancellationToken cancellationToken)
    {
        if (what is not { Cascades: true, Act: LossAct.Drop or LossAct.DropColumn })
            return;
        await SaveAsync(cancellationToken).ConfigureAwait(false);
        var (kind, column) = what.Act == LossAct.Drop ? (what.Kind, null) : ("TABLE", what.Second);
        _cascaded.AddRange(await Dependants.CascadedAsync(connection, kind, what.Name, column, cancellationToken).ConfigureAwait(false));
    }

    // One is enough for all statements: going back to it leaves it there.
    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (!_hasSavepoint)
            await connection.ExecuteAsync("SAVEPOINT migrations_piece", cancellationToken).ConfigureAwait(false);
        _hasSavepoint = true;
    }

    private void NotForeseen(int line, string what) => _notForeseen.Add(string.Create(CultureInfo.InvariantCulture, $"line {line} {what}"));

    private async Task FollowAsync(RowChange change, int line, CancellationToken cancellationToken)
    {
        if (question.Direction == MigrationDirection.Up)
        {
            if (change.IsDelete)
                NotForeseen(line, $"deletes rows of {change.Table}, which were not counted");
            return;
        }

        var name = SqlNames.Written(change.Table);
        var kind =
            !change.IsDelete ? DataLossKind.Overwritten
            : change.IsConditional ? DataLossKind.Deleted
            : DataLossKind.Rows;
        if (await TableAsync(name, cancellationToken).ConfigureAwait(false) is { } table)
        {
            var item = await Dependants.OfRowsAsync(connection, table, cancellationToken).ConfigureAwait(false);
            var rows = MayBeOthers(change)
                ? null
                : await CountAsync(() => new RowCount(connection).CountAsync(change, cancellationToken), cancellationToken)
                    .ConfigureAwait(false);
            _losses.Add((item, new DataLoss(kind, item.Name, rows, IsEstimate: false, line)));
            if (change.IsDelete && rows is not 0)
                await AddCascadesAsync(change, item, line, cancellationToken).ConfigureAwait(false);
        }
        else if (_carried.HoldsRows(name))
        {
            _carried.Change(
                name,
                line,
                $"{(change.IsDelete ? "deletes" : "overwrites")} rows that the script has copied to {change.Table}, which cannot be counted"
            );
        }
        else if (change.IsDelete && !_made.Contains(SqlNames.LastPart(name)))
        {
            NotForeseen(line, $"deletes rows of {change.Table}, which is not there now");
        }
    }

    /// <summary>
    /// Rows that go along are counted as they are now; those of a table that the script has emptied itself are named already.
    /// </summary>
    private async Task AddCascadesAsync(RowChange change, Dependant table, int line, CancellationToken cancellationToken)
    {
        _keys ??= await DeletingKeys.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        foreach (var way in DeletingKey.From(table.Name, _keys, StringComparer.Ordinal))
        {
            var child = way[^1].Child;
            if (
                _losses.Exists(l =>
                    l.Item.Column is null
                    && l.Loss.Kind is DataLossKind.Rows or DataLossKind.Table
                    && way.Any(k => string.Equals(l.Item.Name, k.Child, StringComparison.Ordinal))
                )
            )
                continue;
            var query = change.CountQuery("pg_catalog.count(*)", way, "OPERATOR(pg_catalog.=)");
            var rows = MayBeOthers(change)
                ? null
                : await CountAsync(() => new RowCount(connection).CountAsync(query, cancellationToken), cancellationToken)
                    .ConfigureAwait(false);
            if (DeletingKey.IsRound(way, StringComparer.Ordinal) && rows > 0)
                rows = null;
            if (rows is not 0)
                _losses.Add(
                    (
                        table with
                        {
                            Name = child,
                        },
                        new DataLoss(
                            way[^1].Cascades ? DataLossKind.Cascaded : DataLossKind.Overwritten,
                            child,
                            rows,
                            IsEstimate: false,
                            line
                        )
                    )
                );
        }
    }

    /// <summary>Whether the rows that a change finds may be others by then than now.</summary>
    private bool MayBeOthers(RowChange change) => _writes.MayChange(change) || earlier.WritesOf(question.Before).MayChange(change);

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
                NotForeseen(line, $"{what.Name}; what is lost by that cannot be counted");
                break;
            case LossAct.RenameSchema:
                _renamedSchemas[what.Second!] = _renamedSchemas.GetValueOrDefault(what.Name, what.Name);
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
        foreach (
            var (item, loss) in _losses.Where(l => l.Item.Column is null && l.Loss.Kind is DataLossKind.Table or DataLossKind.Rows).ToList()
        )
        {
            if (_carried.WaysBack(item.Table, item.Name) is not { Count: > 0 } ways)
                continue;
            _losses.Remove((item, loss));
            foreach (var (line, what) in _carried.Changes(item.Table, item.Name))
                NotForeseen(line, what);
            if (ways.SelectMany(w => w).FirstOrDefault(c => c.MayLeaveRows) is { } narrow)
                NotForeseen(
                    narrow.Line,
                    $"copies rows of {item.Name}; whether it copies all can only be determined by a rehearsal with data"
                );
            foreach (var column in await Dependants.ColumnsAsync(connection, item, cancellationToken).ConfigureAwait(false))
            {
                var before = SqlNames.Plain(column.Column!);
                var now = _renamedColumns
                    .FirstOrDefault(r =>
                        r.Key.Table == item.Table && string.Equals(SqlNames.Plain(r.Value), before, StringComparison.Ordinal)
                    )
                    .Key.Column
                    is { } name
                    ? SqlNames.Plain(name)
                    : before;
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
            case LossAct.Convert:
                await ConvertAsync(table, what.Second!, line, cancellationToken).ConfigureAwait(false);
                break;
            case LossAct.DropColumn:
                await LoseAsync(
                        await Dependants
                            .OfColumnAsync(
                                connection,
                                table,
                                _renamedColumns.GetValueOrDefault((table, what.Second!), what.Second!),
                                what.Cascades,
                                cancellationToken
                            )
                            .ConfigureAwait(false),
                        line,
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                break;
            default:
                foreach (
                    var emptied in await Dependants
                        .EmptiedWithAsync(connection, table, what.Cascades, cancellationToken)
                        .ConfigureAwait(false)
                )
                {
                    if (!_away.Contains(emptied.Table))
                        await AddAsync(DataLossKind.Rows, emptied, line, cancellationToken).ConfigureAwait(false);
                    _carried.Empty(emptied.Table);
                }

                break;
        }
    }

    /// <summary>The values of a column that gets another type stay, more or less: that is reported for an undo, like an UPDATE.</summary>
    private async Task ConvertAsync(uint table, string column, int line, CancellationToken cancellationToken)
    {
        if (question.Direction == MigrationDirection.Up)
            return;
        var name = _renamedColumns.GetValueOrDefault((table, column), column);
        var found = await Dependants.OfColumnAsync(connection, table, name, cascades: false, cancellationToken).ConfigureAwait(false);
        if (
            found.FirstOrDefault(f =>
                f.Table == table && f.Column is { } c && string.Equals(SqlNames.Plain(c), SqlNames.Plain(name), StringComparison.Ordinal)
            ) is
            { } item
        )
            await AddAsync(DataLossKind.Overwritten, item, line, cancellationToken).ConfigureAwait(false);
    }

    private async Task DropAsync(LossEvent what, int line, CancellationToken cancellationToken)
    {
        await SaveAsync(cancellationToken).ConfigureAwait(false);
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
            ? await Dependants.OfRelationAsync(connection, oid, what.Cascades, cancellationToken).ConfigureAwait(false)
            : await Dependants
                .OfAsync(connection, what.Kind, _renamedSchemas.GetValueOrDefault(what.Name, what.Name), what.Cascades, cancellationToken)
                .ConfigureAwait(false);
        await LoseAsync(found, line, cancellationToken).ConfigureAwait(false);
        _renamed.Remove(SqlNames.LastPart(what.Name));
    }

    private async Task LoseAsync(IReadOnlyList<Dependant> found, int line, CancellationToken cancellationToken)
    {
        foreach (var item in found)
        {
            var isNew = item.Column is null
                ? _gone.Add((item.Table, 0))
                : !_gone.Contains((item.Table, 0)) && _gone.Add((item.Table, item.Number));
            // A renamed table is "away" under its old name and goes under its new one; one that was dropped before cannot go twice.
            if (isNew && !item.IsInside)
                await AddAsync(item.Column is null ? DataLossKind.Table : DataLossKind.Column, item, line, cancellationToken)
                    .ConfigureAwait(false);
            if (item.Column is null)
                _away.Add(item.Table);
        }
    }

    private async Task AddAsync(DataLossKind kind, Dependant item, int line, CancellationToken cancellationToken)
    {
        var rows = await CountAsync(() => CountAllAsync(item, cancellationToken), cancellationToken).ConfigureAwait(false);
        var isEstimate = false;
        if (rows is null)
            (rows, isEstimate) = await EstimateAsync(item, cancellationToken).ConfigureAwait(false);
        _losses.Add(
            (
                item,
                new DataLoss(kind, item.Column is null ? item.Name : $"{item.Name}.{item.Column}", rows, isEstimate, line)
                {
                    IsHidden = _isHidden,
                }
            )
        );
    }

    private async Task<long?> CountAllAsync(Dependant item, CancellationToken cancellationToken)
    {
        long? rows = null;
        var condition = item.Column is null ? "" : $" WHERE {item.Column} IS NOT NULL";
        await connection
            .QueryTablesAsync(
                $"SELECT pg_catalog.count(*) FROM {(item.IsPartitioned ? "" : "ONLY ")}{item.Name}{condition}",
                row => rows = row.GetInt64(0),
                cancellationToken
            )
            .ConfigureAwait(false);
        return rows;
    }

    /// <summary>Counts while there is time; null when there is none, or the server refuses.</summary>
    private async Task<long?> CountAsync(Func<Task<long?>> count, CancellationToken cancellationToken)
    {
        var left = Math.Max(1, (long)(question.Limit - _clock.Elapsed).TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        await connection
            .QueryAsync("SELECT pg_catalog.set_config('statement_timeout', $1, true)", _ => { }, cancellationToken, left)
            .ConfigureAwait(false);
        await connection.ExecuteAsync("SAVEPOINT migrations_count", cancellationToken).ConfigureAwait(false);
        _isHidden = false;
        try
        {
            return await count().ConfigureAwait(false);
        }
        catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e) && !cancellationToken.IsCancellationRequested)
        {
            _isHidden = PostgreSqlErrors.IsHidden(e);
            await connection.ExecuteAsync("ROLLBACK TO SAVEPOINT migrations_count", cancellationToken).ConfigureAwait(false);
            return null;
        }
    }

    private async Task<(long? Rows, bool IsEstimate)> EstimateAsync(Dependant item, CancellationToken cancellationToken)
    {
        await connection
            .QueryAsync("SELECT pg_catalog.set_config('statement_timeout', '0', true)", _ => { }, cancellationToken)
            .ConfigureAwait(false);
        var rows = await Dependants.EstimateAsync(connection, item, cancellationToken).ConfigureAwait(false);
        return (rows, rows is not null);
    }

    /// <summary>The table that a name stands for at this place of the script; null when it is none that was there before.</summary>
    private async Task<uint?> TableAsync(string name, CancellationToken cancellationToken)
    {
        if (_renamed.TryGetValue(SqlNames.LastPart(name), out var renamed))
            return renamed;
        await SaveAsync(cancellationToken).ConfigureAwait(false);
        if (name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && _renamedSchemas.TryGetValue(name[..dot], out var schema))
            name = schema + name[dot..];
        uint? found = null;
        await connection
            .QueryAsScriptAsync(
                "SELECT pg_catalog.to_regclass($1)::pg_catalog.oid::pg_catalog.int8",
                row => found = row.IsDBNull(0) ? null : (uint)row.GetInt64(0),
                cancellationToken,
                name
            )
            .ConfigureAwait(false);
        return found is { } table && _away.Contains(table) ? null : found;
    }

    private void Missing(LossEvent what, int line)
    {
        if (what is { Act: LossAct.Rename, Kind: "TABLE" })
            _carried.Rename(what.Name, what.Second!);
        var mayBeMissing = what.MayBeMissing && !earlier.Make(question.Before, SqlNames.PlainLast(what.Name));
        if (
            !mayBeMissing
            && what.Act is LossAct.Drop or LossAct.DropColumn or LossAct.Empty
            && !_made.Contains(SqlNames.LastPart(what.Name))
        )
            NotForeseen(line, $"names {LossReader.Shown(what.Name)}, which is not there now; what it will hold cannot be counted");
    }
}
