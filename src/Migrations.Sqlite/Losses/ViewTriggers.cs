namespace Migrations.Sqlite;

/// <summary>
/// The triggers that act instead of a statement on a view (<see
/// href="https://sqlite.org/lang_createtrigger.html#instead_of_triggers"/>), and delete or overwrite rows.
/// </summary>
internal sealed class ViewTriggers
{
    private readonly HashSet<(string View, string Event)> _harmful = [];

    /// <summary>Takes note of a trigger.</summary>
    public void Add(string sql)
    {
        var tokens = SqliteTokenCursor.Read(sql);
        var at = tokens.FindIndex(t => t.Is("INSERT") || t.Is("UPDATE") || t.Is("DELETE"));
        if (at < 2 || !tokens[at - 2].Is("INSTEAD"))
            return;
        var on = tokens.FindIndex(at, t => t.Is("ON"));
        var body = tokens.FindIndex(at, t => t.Is("BEGIN"));
        if (on < 0 || body < 0 || !Deletes(tokens, body))
            return;
        var view = new SqliteTokenCursor(tokens.GetRange(on + 1, body - on - 1)).TakeName();
        _harmful.Add((SqliteNames.Fold(view), tokens[at].Text.ToUpperInvariant()));
    }

    /// <summary>Whether a statement on a view does what such a trigger says.</summary>
    public bool Act(string view, string @event) => _harmful.Contains((SqliteNames.Fold(view), @event));

    // REPLACE may be the function.
    private static bool Deletes(List<SqliteToken> tokens, int body)
    {
        for (var at = body; at < tokens.Count; at++)
        {
            if (
                tokens[at].Is("DELETE")
                || tokens[at].Is("UPDATE")
                || (tokens[at].Is("REPLACE") && (at + 1 == tokens.Count || !tokens[at + 1].Is('(')))
            )
                return true;
        }

        return false;
    }
}
