namespace Migrations.Sqlite;

/// <summary>When a trigger fires (<see href="https://sqlite.org/lang_createtrigger.html"/>).</summary>
internal static class TriggerEvent
{
    /// <summary>For example <c>AFTER INSERT</c>; BEFORE where nothing is said.</summary>
    public static string Of(string? sql)
    {
        var tokens = SqliteTokenCursor.Read(sql ?? "");
        var at = tokens.FindIndex(t => t.Is("INSERT") || t.Is("UPDATE") || t.Is("DELETE"));
        if (at < 1)
            return "";
        var time =
            tokens[at - 1].Is("AFTER") ? "AFTER"
            : tokens[at - 1].Is("OF") ? "INSTEAD OF"
            : "BEFORE";
        return $"{time} {tokens[at].Text.ToUpperInvariant()}";
    }
}
