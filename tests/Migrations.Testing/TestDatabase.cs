using System.Data.Common;
using System.Globalization;

namespace Migrations.Testing;

/// <summary>One database of one test, looked at past the engine: by plain ADO.NET connections of its own.</summary>
public abstract class TestDatabase : IAsyncDisposable
{
    /// <summary>What a user would type for <c>--database</c>.</summary>
    public abstract string Address { get; }

    /// <summary>What must never be seen anywhere.</summary>
    public abstract IReadOnlyList<string> Secrets { get; }

    /// <summary>The names of all tables, in order.</summary>
    public abstract Task<IReadOnlyList<string>> TablesAsync();

    /// <summary>Runs one or several statements.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first value of the first row as text; null for NULL and for no row.</summary>
    public async Task<string?> ScalarAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync() is { } value and not DBNull
            ? Convert.ToString(value, CultureInfo.InvariantCulture)
            : null;
    }

    /// <summary>All rows, their values as text between bars; NULL is empty.</summary>
    public async Task<IReadOnlyList<string>> RowsAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(
                string.Join(
                    '|',
                    Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))
                )
            );
        return rows;
    }

    /// <summary>An open connection, to be disposed by the caller.</summary>
    public abstract Task<DbConnection> ConnectAsync();

    public abstract ValueTask DisposeAsync();
}
