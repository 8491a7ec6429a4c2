using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>Asks about rows that rules and triggers may delete, and reports those that triggers overwrite.</summary>
/// <param name="connection">The connection, in a transaction.</param>
/// <param name="state">What the script has done until here.</param>
/// <param name="routines">Reads the functions that may delete or overwrite rows.</param>
/// <param name="earlier">What the scripts before it have said about triggers and rules.</param>
internal sealed class HookForecast(
    PostgreSqlConnection connection,
    ForecastState state,
    Func<Task<HarmfulRoutines>> routines,
    Func<IReadOnlyList<string>> earlier
)
{
    private readonly List<string> _observed = [];
    private WriteHooks? _hooks;

    /// <summary>Follows a statement of an undo.</summary>
    /// <param name="piece">The statement.</param>
    /// <param name="counted">How many losses were known before it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task FollowAsync(SqlPiece piece, int counted, CancellationToken cancellationToken)
    {
        if (WriteHooks.Concerns(piece.Text))
        {
            if (_hooks is null)
                _observed.Add(piece.Text);
            else
                await ObserveAsync(_hooks, piece.Text).ConfigureAwait(false);
            return;
        }

        var isWrite =
            new StatementWords(piece.Text)[0]
            is "INSERT"
                or "UPDATE"
                or "DELETE"
                or "MERGE"
                or "WITH"
                or "EXPLAIN"
                or "COPY"
                or "PREPARE"
                or "TRUNCATE";
        if (!isWrite)
            return;
        _hooks ??= await ReadAsync(cancellationToken).ConfigureAwait(false);
        var found = state.Losses.All.Skip(counted).ToList();
        foreach (var part in StatementParts.Read(ForecastState.Dialect, piece.Text))
        {
            if (_hooks.UsedBy(part) is { } relation)
                Ask(piece.Line, relation, "a rule or trigger of which may delete or overwrite rows; what is lost by that");
            var fired = _hooks.FiredBy(part, found);
            foreach (var write in fired.Writes)
                await AddAsync(fired.Relation, write, piece.Line, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<WriteHooks> ReadAsync(CancellationToken cancellationToken)
    {
        var hooks = await WriteHooks
            .ReadAsync(connection, routines, () => ActingKeys.ReadAsync(connection, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        foreach (var statement in earlier().Concat(_observed))
            await ObserveAsync(hooks, statement).ConfigureAwait(false);
        return hooks;
    }

    private async Task ObserveAsync(WriteHooks hooks, string statement)
    {
        var makes = new StatementWords(statement)[0] is "CREATE";
        var known = makes ? await routines().ConfigureAwait(false) : null;
        known?.Observe(statement);
        hooks.Observe(statement, known);
    }

    private async Task AddAsync(string relation, RowWrite write, int line, CancellationToken cancellationToken)
    {
        if (write.Kind == RowWriteKind.Unknown)
        {
            Ask(line, relation, "a rule or trigger of which may delete or overwrite rows; what is lost by that");
            return;
        }

        // What the script made itself is no loss, and what is gone already is named.
        if (await state.Names.TableAsync(SqlNames.Quote(write.Table), cancellationToken).ConfigureAwait(false) is not { } table)
            return;
        var item = await Dependants.OfRowsAsync(connection, table, cancellationToken).ConfigureAwait(false);
        if (state.Losses.OfTables.Any(t => string.Equals(t.Item.Name, item.Name, StringComparison.Ordinal)))
            return;
        if (write.Kind == RowWriteKind.Update)
            state.Losses.Add(item, new DataLoss(DataLossKind.Overwritten, item.Name, Rows: null, IsEstimate: false, line));
        else
            Ask(line, relation, $"a trigger of which deletes rows of {item.Name}; how many");
    }

    private void Ask(int line, string relation, string what) =>
        state.Losses.NotForeseen(line, $"writes to {relation}, {what} cannot be counted");
}
