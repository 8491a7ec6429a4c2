using Migrations.History;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// One row of the history as it is read: the columns in the order in which <see cref="PostgreSqlHistory"/> asks for them.
/// </summary>
internal static class JournalRow
{
    /// <summary>The row, without its script.</summary>
    public static JournalEntry Read(NpgsqlDataReader row) =>
        new()
        {
            RunId = row.GetGuid(0),
            Service = Text(row, 1),
            Version = Text(row, 2),
            Name = row.GetString(3),
            Description = Text(row, 4),
            SemanticVersion = Text(row, 5),
            Direction = JournalNames.Direction(row.GetString(6)),
            Event = JournalNames.Event(row.GetString(7)),
            Checksum = Text(row, 8),
            AppliedAt = new DateTimeOffset(row.GetDateTime(9), TimeSpan.Zero),
            AppliedBy = row.GetString(10),
            Host = row.GetString(11),
            ExecutionTimeMs = Number(row, 12),
            RowsAffected = Number(row, 13),
            Success = row.GetBoolean(14),
            ErrorMessage = Text(row, 15),
            StatementIndex = row.IsDBNull(16) ? null : row.GetInt32(16),
            SchemaFingerprint = Text(row, 17),
            ToolVersion = row.GetString(18),
            Id = row.GetInt64(19),
            Position = Text(row, 20),
        };

    /// <summary>The transaction that wrote the row.</summary>
    public static long Mark(NpgsqlDataReader row) => row.GetFieldValue<uint>(21);

    /// <summary>A text; null for NULL.</summary>
    public static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>A number; null for NULL.</summary>
    public static long? Number(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
}
