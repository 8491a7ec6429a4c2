using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// What CASCADE takes beyond what a statement names: the server says so in a notice, one object in its text, several in its detail
/// (<see href="https://www.postgresql.org/docs/current/ddl-depend.html"/>).
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
        {
            var text = line.StartsWith(Words, StringComparison.Ordinal) ? line[Words.Length..] : line;
            // "view public.v": the kind is the words before the name.
            var end = text.IndexOf(' ', StringComparison.Ordinal);
            _found.Add(
                new LostObject(
                    end < 0 ? "object" : text[..end],
                    end < 0 ? text : text[(end + 1)..],
                    Table: null,
                    Sql: null,
                    LostObjectWeight.Listed
                )
            );
        }
    }

    /// <summary>What was found since the last time.</summary>
    public IReadOnlyList<LostObject> Take()
    {
        var found = _found;
        _found = [];
        return found;
    }
}
