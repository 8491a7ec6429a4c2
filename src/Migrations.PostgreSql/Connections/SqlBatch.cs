using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Sends statements of our own and of scripts. In a batch, because Npgsql reads a command's text for parameters and semicolons of its own,
/// and sends a batch's as it is.
/// </summary>
internal static class SqlBatch
{
    /// <summary>Runs one statement.</summary>
    /// <returns>The rows that it affected.</returns>
    public static async Task<int> ExecuteAsync(
        NpgsqlConnection connection,
        string sql,
        object?[] values,
        CancellationToken cancellationToken
    )
    {
        var batch = connection.CreateBatch();
        await using var _ = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(Command(sql, values));
        return await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs one query, under settings of its own where it has any.</summary>
    /// <returns>How many rows it gave.</returns>
    public static async Task<int> QueryAsync(
        NpgsqlConnection connection,
        OwnSettings? settings,
        string sql,
        object?[] values,
        Action<NpgsqlDataReader> take,
        CancellationToken cancellationToken
    )
    {
        var batch = connection.CreateBatch();
        await using var _ = batch.ConfigureAwait(false);
        if (settings is not null)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(settings.Enter));
        batch.BatchCommands.Add(Command(sql, values));
        // Without an open transaction the batch is one, and what holds for it ends with it.
        if (settings?.Leave is { } leave)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(leave));
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        if (settings is not null)
        {
            if (settings.Take is { } look && await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                look(reader);
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        }

        return await ReadAsync(reader, take, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<int> ReadAsync(NpgsqlDataReader reader, Action<NpgsqlDataReader> take, CancellationToken cancellationToken)
    {
        var rows = 0;
        for (; await reader.ReadAsync(cancellationToken).ConfigureAwait(false); rows++)
            take(reader);
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
        {
            // An error that ends the transaction of the batch comes with its last result.
        }

        return rows;
    }

    private static NpgsqlBatchCommand Command(string sql, object?[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(PostgreSqlText.Of(value));
        return command;
    }
}
