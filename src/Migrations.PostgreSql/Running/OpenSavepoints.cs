using Migrations.Sql;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// The savepoints that a script has not released. They are released at its end: what holds for the rest of a transaction does not outlast a
/// part of it (<see href="https://www.postgresql.org/docs/current/sql-savepoint.html"/>).
/// </summary>
internal sealed class OpenSavepoints
{
    private readonly List<string> _names = [];

    /// <summary>What releases them, the last one first.</summary>
    public IEnumerable<NpgsqlBatchCommand> Release()
    {
        foreach (var name in Enumerable.Reverse(_names))
            yield return new NpgsqlBatchCommand("RELEASE SAVEPOINT " + name);
        _names.Clear();
    }

    /// <summary>Takes note of a statement of the script. No function can set a savepoint, so none is missed.</summary>
    public void Observe(string statement)
    {
        var first = new StatementWords(statement)[0];
        if (first is not ("SAVEPOINT" or "RELEASE" or "ROLLBACK") || Name(statement) is not { } name)
            return;
        if (first is "SAVEPOINT")
        {
            _names.Add(name);
            return;
        }

        var at = _names.FindLastIndex(n => string.Equals(SqlNames.Plain(n), SqlNames.Plain(name), StringComparison.Ordinal));
        if (at >= 0)
            _names.RemoveRange(first is "RELEASE" ? at : at + 1, _names.Count - (first is "RELEASE" ? at : at + 1));
    }

    /// <summary>The last word of the statement, as it is written.</summary>
    private static string? Name(string statement)
    {
        string? name = null;
        for (var at = 0; at < statement.Length; )
        {
            var token = PostgreSqlLexer.Scan(statement.AsSpan(at), final: true, ScanMode.Sql);
            var text = statement.AsSpan(at, token.Length);
            at += token.Length;
            if (token.Kind is not (SqlTokenKind.WhiteSpace or SqlTokenKind.Comment) && text is not ";")
                name = text.ToString();
        }

        return name;
    }
}
