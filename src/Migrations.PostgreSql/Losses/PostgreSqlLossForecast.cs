using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>
/// Finds what a script would lose. Its statements are read, not run; names are looked up in the catalogue, and so is what goes with them by
/// CASCADE. A table that the script itself makes, or has renamed, is followed by name.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="question">What is asked.</param>
/// <param name="earlier">What the scripts before it change.</param>
internal sealed class PostgreSqlLossForecast(PostgreSqlConnection connection, LossForecastRequest question, EarlierScripts earlier)
{
    private readonly ForecastState _state = new(connection, question.Limit);
    private RowForecast? _rows;
    private ObjectForecast? _objects;
    private HarmfulRoutines? _routines;
    private HookForecast? _hooks;

    private ObjectForecast Objects => _objects ??= new ObjectForecast(connection, question, earlier, _state);

    private RowForecast Rows => _rows ??= new RowForecast(connection, question, earlier, _state);

    /// <summary>Finds it.</summary>
    public async Task<LossForecast> FindAsync(CancellationToken cancellationToken)
    {
        var transaction = new ReadTransaction(connection);
        await using var _ = transaction.ConfigureAwait(false);
        await transaction.BeginAsync(cancellationToken).ConfigureAwait(false);
        foreach (var piece in PostgreSqlStatementReader.Read(question.Script).Where(p => p.Kind == SqlPieceKind.Statement))
        {
            // What the server does not understand of it is not foreseen; the rest of the script still is.
            if (
                await _state.Names.TryAsync(() => FollowAsync(piece, cancellationToken), cancellationToken).ConfigureAwait(false) is
                { } refusal
            )
                _state.Losses.NotForeseen(piece.Line, $"could not be looked at: {refusal}");
            _state.Writes.Observe(piece.Text);
        }

        await Objects.RestoreCarriedAsync(cancellationToken).ConfigureAwait(false);
        return new LossForecast(_state.Losses.All, _state.Losses.Unforeseen)
        {
            ObjectsLost = Objects.Cascaded,
            ReachesOthers = _state.Losses.ReachesOthers,
        };
    }

    private async Task FollowAsync(SqlPiece piece, CancellationToken cancellationToken)
    {
        // Names mean what they would mean in the script.
        if (StatementClassifier.Classify(piece.Text) == StatementRole.Setting)
        {
            if (new StatementWords(piece.Text).Contain("SEARCH_PATH"))
                await _state.Names.SetAsync(piece.Text, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (question.Direction == MigrationDirection.Up)
        {
            await FollowStatementAsync(piece, cancellationToken).ConfigureAwait(false);
            return;
        }

        var counted = _state.Losses.All.Count;
        await FollowStatementAsync(piece, cancellationToken).ConfigureAwait(false);
        _hooks ??= new HookForecast(
            connection,
            _state,
            async () => _routines ??= await RoutinesAsync(cancellationToken).ConfigureAwait(false),
            () => earlier.Kept(question.Before)
        );
        await _hooks.FollowAsync(piece, counted, cancellationToken).ConfigureAwait(false);
    }

    private async Task FollowStatementAsync(SqlPiece piece, CancellationToken cancellationToken)
    {
        if (question.Direction == MigrationDirection.Down && await FollowPartsAsync(piece, cancellationToken).ConfigureAwait(false))
            return;
        var change = LossReader.MayChangeRows(piece.Text) ? RowChange.Read(ForecastState.Dialect, piece.Text) : null;
        if (change is not null && (change.IsConditional || !change.IsDelete || new StatementWords(piece.Text)[0] is "WITH"))
        {
            await Rows.FollowAsync(change, piece.Line, cancellationToken).ConfigureAwait(false);
            return;
        }

        foreach (var what in LossReader.Read(piece.Text))
        {
            await Objects.FollowAsync(what, piece.Line, cancellationToken).ConfigureAwait(false);
        }

        if (
            change is not null
            && question.Direction == MigrationDirection.Down
            && await _state.Names.TableAsync(SqlNames.Written(change.Table), cancellationToken).ConfigureAwait(false) is { } table
        )
            await Rows.AddCascadesAsync(
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
                _state.Losses.NotForeseen(
                    piece.Line,
                    "runs a block that may drop, delete or overwrite; what is lost by that cannot be counted"
                );
            return true;
        }

        if (!LossReader.Defines(words) && _routines?.CalledIn(piece.Text) is { } called)
            _state.Losses.NotForeseen(
                piece.Line,
                $"uses {called}, which may delete or overwrite rows; what is lost by that cannot be counted"
            );
        if (words[0] is not ("WITH" or "EXPLAIN" or "COPY" or "PREPARE" or "INSERT" or "MERGE"))
            return false;
        foreach (var part in StatementParts.Read(ForecastState.Dialect, piece.Text))
            await Rows.FollowPartAsync(part, piece.Line, cancellationToken).ConfigureAwait(false);
        if (RowCopy.Read(piece.Text, piece.Line) is { } copy)
            await FollowAsync(copy, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private Task<HarmfulRoutines> RoutinesAsync(CancellationToken cancellationToken) =>
        HarmfulRoutines.ReadAsync(
            (query, take) => connection.QueryAsync(query, take, cancellationToken),
            name => earlier.Make(question.Before, name + "()")
        );

    private async Task FollowAsync(RowCopy copy, CancellationToken cancellationToken)
    {
        var from = new List<(uint? Table, string Name)>();
        foreach (var name in copy.From)
            from.Add((await _state.Names.TableAsync(name, cancellationToken).ConfigureAwait(false), name));
        _state.Carried.Copy(copy, await _state.Names.TableAsync(copy.Into, cancellationToken).ConfigureAwait(false), from);
    }
}
