using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// What CASCADE takes beyond what a statement names: the server says so in a notice, one object in its text, several in its detail, both in
/// the language of the server's messages (<see href="https://www.postgresql.org/docs/current/ddl-depend.html"/>).
/// </summary>
internal sealed class CascadedObjects
{
    private const string Words = "drop cascades to ";

    private List<LostObject> _found = [];

    /// <summary>Takes a notice of the server's.</summary>
    public void Observe(PostgresNotice notice)
    {
        // The function that writes it: its words are in the server's language.
        if (notice.Routine is not "reportDependentObjects")
            return;
        foreach (var line in (notice.Detail ?? notice.MessageText).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            _found.Add(Of(line));
    }

    private static LostObject Of(string line)
    {
        // "view public.v": the kind is the words before the name. Of another language nothing is known but what the server says.
        var isKnown = line.StartsWith(Words, StringComparison.Ordinal);
        var text = isKnown ? line[Words.Length..] : line;
        var end = isKnown ? text.IndexOf(' ', StringComparison.Ordinal) : -1;
        return new LostObject(
            end < 0 ? "object" : text[..end],
            end < 0 ? (isKnown ? text : $"\"{text}\"") : text[(end + 1)..],
            Table: null,
            Sql: null,
            LostObjectWeight.Listed
        );
    }

    /// <summary>What was found since the last time.</summary>
    public IReadOnlyList<LostObject> Take()
    {
        var found = _found;
        _found = [];
        return found;
    }
}
