using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>Looks in the catalogue whether a statement outside a transaction, whose end was not recorded, took effect.</summary>
internal sealed class PostgreSqlStatementProbe(PostgreSqlConnection connection)
{
    private const string RelationExists = "SELECT 1 WHERE pg_catalog.to_regclass($1) IS NOT NULL";
    private const string TypeExists = "SELECT 1 WHERE pg_catalog.to_regtype($1) IS NOT NULL";
    private const string SchemaExists =
        "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname OPERATOR(pg_catalog.=) (pg_catalog.parse_ident($1))[1]";
    private const string DatabaseExists =
        "SELECT 1 FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) (pg_catalog.parse_ident($1))[1]";
    private const string ColumnExists =
        "SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1) AND "
        + "attname OPERATOR(pg_catalog.=) (pg_catalog.parse_ident($2))[1] AND NOT attisdropped";

    private const string ValueExists =
        "SELECT 1 FROM pg_catalog.pg_enum WHERE enumtypid OPERATOR(pg_catalog.=) pg_catalog.to_regtype($1) AND enumlabel "
        + "OPERATOR(pg_catalog.=) $2";

    /// <summary>Looks a statement up. An INVALID index that it left behind is dropped.</summary>
    public async Task<StatementEvidence> FindAsync(string text, CancellationToken cancellationToken)
    {
        await connection.ReconnectAsync(cancellationToken).ConfigureAwait(false);
        var words = new StatementWords(text);
        if (ConcurrentIndex.Read(words) is { } index)
        {
            await index.DropInvalidAsync(connection, cancellationToken).ConfigureAwait(false);
            return await index.IsValidAsync(connection, cancellationToken).ConfigureAwait(false) switch
            {
                true => StatementEvidence.Done,
                null => StatementEvidence.NotDone,
                false => StatementEvidence.Unknown, // Somebody is building it at this moment.
            };
        }

        if (MayBeRepeated(words))
            return StatementEvidence.NotDone;
        return words[0] switch
        {
            "CREATE" => await CreatedAsync(words, cancellationToken).ConfigureAwait(false),
            "DROP" => await DroppedAsync(words, cancellationToken).ConfigureAwait(false),
            "ALTER" => await AlteredAsync(words, cancellationToken).ConfigureAwait(false),
            _ => StatementEvidence.Unknown,
        };
    }

    /// <summary>Whether running a statement twice does what running it once does.</summary>
    private static bool MayBeRepeated(StatementWords words) =>
        words[0] switch
        {
            "VACUUM"
            or "REINDEX"
            or "ANALYZE"
            or "ANALYSE"
            or "CLUSTER"
            or "CHECKPOINT"
            or "SET"
            or "RESET"
            or "REFRESH"
            or "COMMENT"
            or "GRANT"
            or "REVOKE" => true,
            "CREATE" => words[1] is "OR" && words[2] is "REPLACE",
            "ALTER" => words[1] is "SYSTEM"
                || words.StartWith("ALTER DATABASE * SET")
                || (words[1] is "TABLE" && words.Contain("VALIDATE", "CONSTRAINT") && !words.Contain(",")),
            "DROP" => words.Contain("IF", "EXISTS"),
            _ => false,
        };

    private Task<StatementEvidence> CreatedAsync(StatementWords words, CancellationToken cancellationToken)
    {
        var at = words[1] is "UNLOGGED" or "MATERIALIZED" or "UNIQUE" ? 3 : 2;
        var kind = words[at - 1];
        if (words[at] is "IF")
            at += 3;
        if (kind is "INDEX" && words[at] is "ON" or "CONCURRENTLY")
            return Task.FromResult(StatementEvidence.Unknown);
        return kind switch
        {
            "INDEX" => IndexAsync(words, at, cancellationToken),
            "TABLE" or "VIEW" or "SEQUENCE" => ExistsAsync(RelationExists, cancellationToken, SqlNames.Qualified(words, ref at)),
            "TYPE" or "DOMAIN" => ExistsAsync(TypeExists, cancellationToken, SqlNames.Qualified(words, ref at)),
            "SCHEMA" when words[at] is not "AUTHORIZATION" => ExistsAsync(SchemaExists, cancellationToken, words[at]),
            "DATABASE" => ExistsAsync(DatabaseExists, cancellationToken, words[at]),
            _ => Task.FromResult(StatementEvidence.Unknown),
        };
    }

    private async Task<StatementEvidence> IndexAsync(StatementWords words, int at, CancellationToken cancellationToken)
    {
        var name = words[at];
        at += words[at + 2] is "ONLY" ? 3 : 2;
        var index = new ConcurrentIndex(name, SqlNames.Qualified(words, ref at));
        return await index.IsValidAsync(connection, cancellationToken).ConfigureAwait(false) is null
            ? StatementEvidence.NotDone
            : StatementEvidence.Done;
    }

    private async Task<StatementEvidence> DroppedAsync(StatementWords words, CancellationToken cancellationToken)
    {
        var at = words[1] is "MATERIALIZED" || words[2] is "CONCURRENTLY" ? 3 : 2;
        var kind = words[at - 1] is "CONCURRENTLY" ? "INDEX" : words[at - 1];
        var query = kind switch
        {
            "TABLE" or "VIEW" or "SEQUENCE" or "INDEX" => RelationExists,
            "TYPE" or "DOMAIN" => TypeExists,
            "SCHEMA" => SchemaExists,
            "DATABASE" => DatabaseExists,
            _ => null,
        };
        if (query is null || words.Contain(","))
            return StatementEvidence.Unknown;
        // One that is still there can be dropped again, a half-dropped index too.
        return await AnyAsync(query, cancellationToken, SqlNames.Qualified(words, ref at)).ConfigureAwait(false)
            ? StatementEvidence.NotDone
            : StatementEvidence.Done;
    }

    private Task<StatementEvidence> AlteredAsync(StatementWords words, CancellationToken cancellationToken)
    {
        var at = words[2] is "IF" ? 4 : 2;
        if (words[at] is "ONLY")
            at++;
        var name = SqlNames.Qualified(words, ref at);
        if (words[at] is not "ADD" || words.Contain(","))
            return Task.FromResult(StatementEvidence.Unknown);
        at += words[at + 1] is "COLUMN" or "VALUE" ? 2 : 1;
        var isPlain =
            words[at - 1] is "COLUMN" or "VALUE"
            || words[at] is not ("CONSTRAINT" or "PRIMARY" or "UNIQUE" or "FOREIGN" or "CHECK" or "EXCLUDE");
        if (words[at] is "IF")
            at += 3;
        return words[1] switch
        {
            "TABLE" when isPlain => ExistsAsync(ColumnExists, cancellationToken, name, words[at]),
            "TYPE" when words[at] is ['\'', .., '\''] value => ExistsAsync(
                ValueExists,
                cancellationToken,
                name,
                value[1..^1].Replace("''", "'", StringComparison.Ordinal)
            ),
            _ => Task.FromResult(StatementEvidence.Unknown),
        };
    }

    private async Task<StatementEvidence> ExistsAsync(string query, CancellationToken cancellationToken, params object?[] values) =>
        await AnyAsync(query, cancellationToken, values).ConfigureAwait(false) ? StatementEvidence.Done : StatementEvidence.NotDone;

    // Names mean what they meant to the script.
    private async Task<bool> AnyAsync(string query, CancellationToken cancellationToken, params object?[] values) =>
        await connection.QueryAsScriptAsync(query, _ => { }, cancellationToken, values).ConfigureAwait(false) > 0;
}
