using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>What the names of a script stand for at a place of it: its statements are not run, so what it renames and drops is
/// followed.</summary>
/// <param name="connection">The connection, in a transaction.</param>
internal sealed class ForecastNames(PostgreSqlConnection connection)
{
    private readonly Dictionary<string, uint> _renamed = new(StringComparer.Ordinal);
    private readonly Dictionary<(uint Table, string Column), string> _renamedColumns = [];
    private readonly Dictionary<string, string> _renamedSchemas = new(StringComparer.Ordinal);
    private readonly HashSet<uint> _away = [];
    private bool _hasSavepoint;

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

    /// <summary>A table gets another name, or another schema.</summary>
    public void Rename(uint table, string newName)
    {
        _renamed[SqlNames.LastPart(newName)] = table;
        _away.Add(table);
    }

    /// <summary>A column gets another name.</summary>
    public void RenameColumn(uint table, string oldName, string newName) => _renamedColumns[(table, newName)] = Column(table, oldName);

    /// <summary>A schema gets another name.</summary>
    public void RenameSchema(string oldName, string newName) => _renamedSchemas[newName] = Schema(oldName);

    /// <summary>A table is dropped.</summary>
    public void Drop(uint table) => _away.Add(table);

    /// <summary>What had a new name is dropped under it.</summary>
    public void Forget(string name) => _renamed.Remove(SqlNames.LastPart(name));

    /// <summary>Whether a table is no longer under the name that it has in the database.</summary>
    public bool IsAway(uint table) => _away.Contains(table);

    /// <summary>The name in the database of a column that the script may have renamed.</summary>
    public string Column(uint table, string name) => _renamedColumns.GetValueOrDefault((table, name), name);

    /// <summary>The name in the database of a schema that the script may have renamed.</summary>
    public string Schema(string name) => _renamedSchemas.GetValueOrDefault(name, name);

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

    /// <summary>Sets the savepoint for what may fail. One is enough for all statements: going back to it leaves it there.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (!_hasSavepoint)
            await connection.ExecuteAsync("SAVEPOINT migrations_piece", cancellationToken).ConfigureAwait(false);
        _hasSavepoint = true;
    }
}
