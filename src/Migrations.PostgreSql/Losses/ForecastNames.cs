using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>What the names of a script stand for at a place of it: its statements are not run, so what it renames, moves and drops is
/// followed.</summary>
/// <param name="connection">The connection, in a transaction.</param>
internal sealed class ForecastNames(PostgreSqlConnection connection)
{
    private readonly Dictionary<uint, (string Schema, string Name)> _moved = [];
    private readonly Dictionary<(uint Table, string Column), string> _renamedColumns = [];
    private readonly Dictionary<string, string> _renamedTypes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _made = new(StringComparer.Ordinal);
    private readonly HashSet<uint> _dropped = [];
    private bool _hasSavepoint;

    /// <summary>What the names of schemas stand for.</summary>
    public ForecastSchemas Schemas { get; } = new();

    /// <summary>A statement that sets what names stand for.</summary>
    public async Task SetAsync(string statement, CancellationToken cancellationToken)
    {
        await SaveAsync(cancellationToken).ConfigureAwait(false);
        await connection.QueryAsScriptAsync(statement, _ => { }, cancellationToken).ConfigureAwait(false);
        _hasSavepoint = false;
    }

    /// <summary>Goes on after an error of the server, where that is possible.</summary>
    /// <returns>What the server said; null when it did not fail.</returns>
    public async Task<string?> TryAsync(Func<Task> follow, CancellationToken cancellationToken)
    {
        try
        {
            await follow().ConfigureAwait(false);
            return null;
        }
        catch (PostgresException e) when (_hasSavepoint && !PostgreSqlErrors.IsBroken(e) && !cancellationToken.IsCancellationRequested)
        {
            await connection.ExecuteAsync("ROLLBACK TO SAVEPOINT migrations_piece", cancellationToken).ConfigureAwait(false);
            return e.MessageText;
        }
    }

    /// <summary>A table gets another name, or another schema; what is null stays.</summary>
    public async Task MoveAsync(uint table, string? schema, string? name, CancellationToken cancellationToken)
    {
        var (oldSchema, oldName) = await PlaceAsync(table, cancellationToken).ConfigureAwait(false);
        _moved[table] = (schema is null ? oldSchema : Schemas.Of(SqlNames.Plain(schema)), name is null ? oldName : SqlNames.Plain(name));
    }

    /// <summary>A column gets another name.</summary>
    public void RenameColumn(uint table, string oldName, string newName) => _renamedColumns[(table, newName)] = Column(table, oldName);

    /// <summary>A type gets another name or schema.</summary>
    public void RenameType(string name, string newName) => _renamedTypes[SqlNames.PlainLast(newName)] = Type(name);

    /// <summary>The script makes a table, or gives one that it made this name.</summary>
    public void Make(string name) => _made.Add(SqlNames.PlainLast(name));

    /// <summary>Whether a name is only that of a table that the script made.</summary>
    public bool IsMade(string name) => _made.Contains(SqlNames.PlainLast(name)) && !MovedTo(name).Any();

    /// <summary>A table is dropped.</summary>
    public void Drop(uint table) => _dropped.Add(table);

    /// <summary>Whether a table is dropped.</summary>
    public bool IsDropped(uint table) => _dropped.Contains(table);

    /// <summary>The tables that are in a schema by now and were not before.</summary>
    public IReadOnlyList<uint> MovedInto(string schema) =>
        [.. _moved.Where(m => string.Equals(m.Value.Schema, schema, StringComparison.Ordinal)).Select(m => m.Key).Except(_dropped)];

    /// <summary>The tables that are in another schema than this one by now, or gone.</summary>
    public IReadOnlyList<uint> NotIn(string schema) =>
        [.. _moved.Where(m => !string.Equals(m.Value.Schema, schema, StringComparison.Ordinal)).Select(m => m.Key).Concat(_dropped)];

    /// <summary>The name in the database of a column that the script may have renamed.</summary>
    public string Column(uint table, string name) => _renamedColumns.GetValueOrDefault((table, name), name);

    /// <summary>The name in the database of a type that the script may have renamed or moved.</summary>
    public string Type(string name) => _renamedTypes.GetValueOrDefault(SqlNames.PlainLast(name)) ?? Schemas.InDatabase(name);

    /// <summary>The name that a column of the database has here; both without quotes.</summary>
    public string NameNow(uint table, string before) =>
        _renamedColumns
            .FirstOrDefault(r => r.Key.Table == table && string.Equals(SqlNames.Plain(r.Value), before, StringComparison.Ordinal))
            .Key.Column
            is { } name
            ? SqlNames.Plain(name)
            : before;

    /// <summary>The table that a name stands for at this place of the script; null when no such table was there before.</summary>
    public async Task<uint?> TableAsync(string name, CancellationToken cancellationToken)
    {
        // Which schemas a name without one is looked for in, the script may change: one that was moved is taken, wherever it is by now.
        var isShadowed = SqlNames.PlainSchema(name) is null && _made.Contains(SqlNames.PlainLast(name));
        foreach (var moved in isShadowed ? [] : MovedTo(name))
            return moved;
        await SaveAsync(cancellationToken).ConfigureAwait(false);
        uint? found = null;
        await connection
            .QueryAsScriptAsync(
                "SELECT pg_catalog.to_regclass($1)::pg_catalog.oid::pg_catalog.int8",
                row => found = row.IsDBNull(0) ? null : (uint)row.GetInt64(0),
                cancellationToken,
                Schemas.InDatabase(name)
            )
            .ConfigureAwait(false);
        return found is { } table && (_dropped.Contains(table) || _moved.ContainsKey(table)) ? null : found;
    }

    /// <summary>Sets the savepoint for what may fail. One is enough for all statements: going back to it leaves it there.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (!_hasSavepoint)
            await connection.ExecuteAsync("SAVEPOINT migrations_piece", cancellationToken).ConfigureAwait(false);
        _hasSavepoint = true;
    }

    private IEnumerable<uint> MovedTo(string name)
    {
        var (schema, last) = (SqlNames.PlainSchema(name), SqlNames.PlainLast(name));
        return _moved
            .Where(m => string.Equals(m.Value.Name, last, StringComparison.Ordinal))
            .Where(m => schema is null || string.Equals(m.Value.Schema, Schemas.Of(schema), StringComparison.Ordinal))
            .Select(m => m.Key)
            .Except(_dropped);
    }

    private async Task<(string Schema, string Name)> PlaceAsync(uint table, CancellationToken cancellationToken)
    {
        if (_moved.TryGetValue(table, out var place))
            return place;
        await connection
            .QueryAsync(
                "SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
                    + "c.relnamespace WHERE c.oid = $1::bigint::oid",
                row => place = (row.GetString(0), row.GetString(1)),
                cancellationToken,
                (long)table
            )
            .ConfigureAwait(false);
        return place;
    }
}
