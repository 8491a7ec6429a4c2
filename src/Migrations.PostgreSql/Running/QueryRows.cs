using Migrations.Databases;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Runs statements that give rows and hands these on. They are asked for as the server's text, whatever their types: Npgsql knows those
/// that are built in alone.
/// </summary>
internal static class QueryRows
{
    /// <summary>Whether a statement may give rows.</summary>
    public static bool MayComeFrom(string statement)
    {
        var words = new StatementWords(statement);
        return words[0] switch
        {
            "SELECT" or "VALUES" or "TABLE" or "WITH" or "(" or "SHOW" or "EXPLAIN" or "FETCH" or "EXECUTE" or "CALL" => true,
            "INSERT" or "UPDATE" or "DELETE" or "MERGE" => words.Contain("RETURNING"),
            _ => false,
        };
    }

    /// <summary>Runs one statement.</summary>
    /// <returns>The rows that it affected; negative where it affects none.</returns>
    public static async Task<int> ReadAsync(PostgreSqlConnection connection, string sql, IRowSink rows, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection.Npgsql) { AllResultTypesAreUnknown = true };
        await using var _ = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        do
        {
            if (reader.FieldCount > 0)
                await ReadAsync(reader, rows, cancellationToken).ConfigureAwait(false);
        } while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));
        return reader.RecordsAffected;
    }

    private static async Task ReadAsync(NpgsqlDataReader reader, IRowSink rows, CancellationToken cancellationToken)
    {
        var types = Enumerable.Range(0, reader.FieldCount).Select(reader.GetDataTypeOID).ToArray();
        rows.Begin(RowColumn.Distinct([.. types.Select((type, i) => new RowColumn(reader.GetName(i), TextValue.NameOf(type)))]));
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add([.. types.Select((type, i) => reader.IsDBNull(i) ? null : TextValue.Read(type, reader.GetString(i)))]);
    }
}
