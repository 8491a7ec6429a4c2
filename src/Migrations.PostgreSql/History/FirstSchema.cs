using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Remembers, in the history table's comment, on which first schema the migrations of each service run, and refuses another one: what they
/// create without naming a schema would be looked for where it is not (<see
/// href="https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATH"/>).
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="schema">The history table's schema.</param>
/// <param name="table">The history table.</param>
/// <param name="look">What was seen when the history was last read.</param>
internal sealed class FirstSchema(PostgreSqlConnection connection, string schema, string table, HistoryLook look)
{
    private const string Head = "Migration history. First schema of the runs:";
    private const string Separator = " = ";

    private string Table => PostgreSqlText.Name(schema) + "." + PostgreSqlText.Name(table);

    private string? _wanted;

    /// <summary>The comment of a history with one service.</summary>
    public static string CommentOf(string? service, string schema) =>
        CommentOf(new Dictionary<string, string>(StringComparer.Ordinal) { [service ?? ""] = schema });

    private static string CommentOf(Dictionary<string, string> remembered) =>
        Head + string.Concat(remembered.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => $"\n{r.Key}{Separator}{r.Value}"));

    /// <summary>Compares the connection with what is remembered, as both were when the history was last read.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.OtherSchema"/>.</exception>
    public async Task<bool> CheckAsync(string? service, bool isApplied, CancellationToken cancellationToken)
    {
        _wanted = null;
        var current = look.FirstSchema;
        var remembered = Lines(look.Comment);
        var known = remembered.GetValueOrDefault(service ?? "");
        if (current is null || string.Equals(known, current, StringComparison.Ordinal))
            return true;
        if (known is not null && isApplied && await ExistsAsync(known, cancellationToken).ConfigureAwait(false))
            throw Other(service, known, current);
        // A comment of the user's own stays.
        if (look.Comment is null || remembered.Count > 0)
        {
            remembered[service ?? ""] = current;
            _wanted = CommentOf(remembered);
        }

        return true;
    }

    /// <summary>Writes down what the check found new, once the table exists. Only the table's owner can; others go without.</summary>
    public async Task RememberAsync(CancellationToken cancellationToken)
    {
        if (_wanted is not { } wanted)
            return;
        _wanted = null;
        try
        {
            await connection
                .ExecuteAsync($"COMMENT ON TABLE {Table} IS {PostgreSqlText.Literal(wanted)}", cancellationToken)
                .ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            // Then nothing is refused later.
        }
    }

    private Task<bool> ExistsAsync(string name, CancellationToken cancellationToken) =>
        connection.AnyAsync("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", cancellationToken, name);

    private static Dictionary<string, string> Lines(string? comment)
    {
        var lines = new Dictionary<string, string>(StringComparer.Ordinal);
        if (comment?.StartsWith(Head, StringComparison.Ordinal) != true)
            return lines;
        foreach (var line in comment[Head.Length..].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.LastIndexOf(Separator, StringComparison.Ordinal) is var at and >= 0)
                lines[line[..at]] = line[(at + Separator.Length)..];
        }

        return lines;
    }

    private MigrationException Other(string? service, string known, string current) =>
        new(
            ErrorId.OtherSchema,
            $"The migrations{(service is null ? "" : $" of {service}")} that the history {schema}.{table} knows were applied "
                + $"with '{known}' as the first schema of"
                + $" the search_path; on this connection it is '{current}'. What they create without naming a schema is in '{known}'.",
            $"For a history of its own in this schema: {CallOption.HistorySchema.Of(current)}. To work on '{known}', "
                + $"connect with search_path={known}. If the record is wrong, forget it: COMMENT ON TABLE {Table} IS NULL"
        );
}
