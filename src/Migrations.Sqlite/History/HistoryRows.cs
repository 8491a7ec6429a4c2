using System.Globalization;
using Migrations.History;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Appends rows to the history and finds the last one, with statements that are compiled once.</summary>
/// <param name="handle">The connection.</param>
/// <param name="table">The table.</param>
internal sealed class HistoryRows(SqliteHandle handle, HistoryTable table) : IDisposable
{
    private const string Values =
        " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,coalesce(?20,strftime('%Y-%m-%dT%H:%M:%fZ','now')),?10,?11,?12,?13,?14,?15,?16,?17,?18,?19";

    private SqliteStatement? _insert;
    private SqliteStatement? _insertBatch;
    private SqliteStatement? _lastId;
    private SqliteStatement? _last;

    /// <summary>Appends a row in the open transaction.</summary>
    public void Insert(JournalEntry entry)
    {
        var row = entry.Position is null ? _insert ??= Prepare("", "") : _insertBatch ??= Prepare($", {HistoryTable.Position}", ",?21");
        if (entry.Position is not null)
            row.Bind(21, entry.Position);
        row.Bind(1, entry.RunId.ToString());
        row.Bind(2, entry.Service);
        row.Bind(3, entry.Version);
        row.Bind(4, entry.Name);
        row.Bind(5, entry.Description);
        row.Bind(6, entry.SemanticVersion);
        row.Bind(7, JournalNames.Of(entry.Direction));
        row.Bind(8, JournalNames.Of(entry.Event));
        row.Bind(9, entry.Checksum);
        row.Bind(10, entry.AppliedBy);
        row.Bind(11, entry.Host);
        row.Bind(12, entry.ExecutionTimeMs);
        row.Bind(13, entry.RowsAffected);
        row.Bind(14, entry.Success ? 1 : 0);
        row.Bind(15, entry.ErrorMessage);
        row.Bind(16, entry.StatementIndex);
        row.Bind(17, entry.SchemaFingerprint);
        row.Bind(18, entry.ToolVersion);
        row.Bind(19, entry.Script);
        // What another tool applied keeps the moment that this tool recorded.
        row.Bind(20, entry.Event == JournalEvent.Adopted && entry.AppliedAt != default ? Text(entry.AppliedAt) : null);
        row.Run();
    }

    private SqliteStatement Prepare(string column, string value) =>
        handle.Prepare($"INSERT INTO {table.Quoted} ({HistoryTable.Columns[4..]}, script{column}){Values}{value})");

    /// <summary>How the table is when this row is its last one; null when it is not.</summary>
    public HistoryMark? FindLast(JournalEntry entry)
    {
        _last ??= handle.Prepare(
            $"SELECT id, (SELECT count(*) FROM main.{table.Quoted}) FROM main.{table.Quoted}"
                + $" WHERE id = (SELECT max(id) FROM main.{table.Quoted}) AND run_id = ?1 AND name = ?2 AND event = ?3"
        );
        _last.Bind(1, entry.RunId.ToString());
        _last.Bind(2, entry.Name);
        _last.Bind(3, JournalNames.Of(entry.Event));
        try
        {
            return _last.Step() ? new HistoryMark(_last.Int64(0), _last.Int64(1)) : null;
        }
        finally
        {
            _last.Reset();
        }
    }

    /// <summary>The highest id; 0 without rows.</summary>
    public long ReadLastId()
    {
        _lastId ??= handle.Prepare($"SELECT max(id) FROM {table.Quoted}");
        try
        {
            return _lastId.Step() && !_lastId.IsNull(0) ? _lastId.Int64(0) : 0;
        }
        finally
        {
            _lastId.Reset();
        }
    }

    private static string Text(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public void Dispose()
    {
        _insert?.Dispose();
        _insertBatch?.Dispose();
        _lastId?.Dispose();
        _last?.Dispose();
    }
}
