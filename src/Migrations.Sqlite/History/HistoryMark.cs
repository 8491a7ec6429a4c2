namespace Migrations.Sqlite;

/// <summary>How the history table was when a session last read it.</summary>
/// <param name="LastId">The highest row id; 0 without rows.</param>
/// <param name="Count">How many rows there are.</param>
internal sealed record HistoryMark(long LastId, long Count);
