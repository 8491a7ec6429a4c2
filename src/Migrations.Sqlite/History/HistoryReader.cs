using System.Globalization;
using Migrations.History;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Reads the rows of the history.</summary>
/// <param name="handle">The connection.</param>
/// <param name="target">The database.</param>
/// <param name="table">The table.</param>
internal sealed class HistoryReader(SqliteHandle handle, DatabaseTarget target, HistoryTable table)
{
    /// <summary>Reads all rows, without their scripts; none when there is no table.</summary>
    /// <param name="onlyStamps">Whether only those are read that stamp the database.</param>
    public List<JournalEntry> ReadAll(bool onlyStamps = false)
    {
        var entries = new List<JournalEntry>();
        if (!table.Exists())
            return entries;
        using var rows = handle.Prepare(
            $"SELECT {HistoryTable.Columns}, {(table.HasPosition ? HistoryTable.Position : "NULL")} FROM {table.Quoted} "
                + (onlyStamps ? $"WHERE event = '{JournalNames.Of(JournalEvent.Stamped)}' " : "")
                + "ORDER BY id"
        );
        while (rows.Step())
            entries.Add(Read(rows));
        return entries;
    }

    /// <summary>Reads all rows; none when there is no table of that name, or it is no history.</summary>
    public IReadOnlyList<JournalEntry> ReadIfThere()
    {
        try
        {
            return ReadAll();
        }
        catch (MigrationException)
        {
            return []; // The name is taken by a table of the user's own.
        }
    }

    /// <summary>Reads the script of a row.</summary>
    public string? ReadScript(long id) =>
        handle.QueryText($"SELECT script FROM {table.Quoted} WHERE id = ?1", id.ToString(CultureInfo.InvariantCulture));

    private JournalEntry Read(SqliteStatement row) =>
        new()
        {
            Id = row.Int64(0),
            RunId = Guid.TryParse(row.Text(1), out var run) ? run : Guid.Empty,
            Service = row.Text(2),
            Version = row.Text(3),
            Name = row.Text(4) ?? "",
            Description = row.Text(5),
            SemanticVersion = row.Text(6),
            Direction = JournalNames.Direction(row.Text(7)),
            Event = JournalNames.Event(row.Text(8)),
            Checksum = row.Text(9),
            AppliedAt = ReadTime(row),
            AppliedBy = row.Text(11) ?? "",
            Host = row.Text(12) ?? "",
            ExecutionTimeMs = row.IsNull(13) ? null : row.Int64(13),
            RowsAffected = row.IsNull(14) ? null : row.Int64(14),
            Success = row.Int64(15) != 0,
            ErrorMessage = row.Text(16),
            StatementIndex = row.IsNull(17) ? null : (int)row.Int64(17),
            SchemaFingerprint = row.Text(18),
            ToolVersion = row.Text(19) ?? "",
            Position = row.Text(20),
        };

    private DateTimeOffset ReadTime(SqliteStatement row)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var text = row.Text(10);
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, utc, out var time))
            return time;
        throw new MigrationException(
            ErrorId.HistoryTableConflict,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The history '{table.Name}' of '{target.Display}' has a row (id {row.Int64(0)}) whose applied_at, '{text}', is not a time."
            ),
            "The tool writes times like 2025-01-31T12:00:00.000Z: correct the row, or restore a backup from before it was changed."
        );
    }
}
