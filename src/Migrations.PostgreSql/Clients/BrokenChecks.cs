using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// What keeps rows of a dump out of their own table: CHECK constraints that they break or that fail on them, those of domains too, and
/// columns that are computed. A constraint is made NOT VALID behind the rows, which enforces it from then on
/// (<see href="https://www.postgresql.org/docs/current/sql-altertable.html"/>).
/// </summary>
internal sealed class BrokenChecks
{
    // A constraint that a table inherits can only be taken off its parent.
    private const string Constraints = """
        WITH RECURSIVE own AS (
            SELECT c.oid, c.conrelid, c.conname FROM pg_catalog.pg_constraint c
            WHERE c.conrelid = pg_catalog.to_regclass($1) AND c.contype = 'c'
            UNION SELECT p.oid, p.conrelid, p.conname FROM own JOIN pg_catalog.pg_inherits i ON i.inhrelid = own.conrelid
                JOIN pg_catalog.pg_constraint p ON p.conrelid = i.inhparent AND p.contype = 'c' AND p.conname = own.conname
        ), found AS (
            SELECT c.oid, c.conname, 'TABLE ' || c.conrelid::pg_catalog.regclass::text AS owner
            FROM own JOIN pg_catalog.pg_constraint c ON c.oid = own.oid WHERE c.coninhcount = 0
            UNION SELECT c.oid, c.conname, 'DOMAIN ' || pg_catalog.format_type(a.atttypid, NULL)
            FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_constraint c ON c.contypid = a.atttypid AND c.contype = 'c'
            WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
        )
        SELECT owner, pg_catalog.quote_ident(conname), pg_catalog.pg_get_constraintdef(oid) FROM found
        WHERE $2::text IS NULL OR conname = $2
        """;

    private const string Computed = """
        SELECT a.attrelid::pg_catalog.regclass::text, pg_catalog.quote_ident(a.attname) FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attgenerated = 's' AND a.attnum > 0 AND NOT a.attisdropped
        """;

    private const string Open = " NOT VALID";

    private readonly Dictionary<string, List<BrokenRule>> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _emptied = new(StringComparer.Ordinal);

    /// <summary>What has been taken off since the beginning of the dump.</summary>
    public List<BrokenRule> Off { get; } = [];

    /// <summary>The dump is read from its beginning.</summary>
    public void Begin() => Off.Clear();

    /// <summary>What is to be taken off before the rows of a COPY come.</summary>
    public IEnumerable<BrokenRule> Of(string copy) => _known.GetValueOrDefault(copy, []).Where(rule => !Off.Contains(rule));

    /// <summary>The table that a COPY fills, as the dump writes it.</summary>
    public static string TableOf(string copy)
    {
        var tokens = PlacedToken.Read(copy);
        var end = tokens.FindIndex(1, t => t.Word is "(" or "FROM");
        return end < 2 ? copy : copy[tokens[1].Start..tokens[end - 1].End];
    }

    /// <summary>Finds what kept the rows of a COPY out: the constraint that the server names, or else all that may have.</summary>
    /// <returns>Whether there is something that was not taken off yet.</returns>
    public async Task<bool> LearnAsync(
        NpgsqlConnection connection,
        string copy,
        PostgresException failure,
        CancellationToken cancellationToken
    )
    {
        var table = TableOf(copy);
        var named = failure.SqlState is PostgresErrorCodes.CheckViolation ? failure.ConstraintName : null;
        var found = named is null ? [] : await FindAsync(connection, table, named, cancellationToken).ConfigureAwait(false);
        if (!Add(copy, found) && _emptied.Add(copy))
        {
            found = await FindAsync(connection, table, constraint: null, cancellationToken).ConfigureAwait(false);
            found.AddRange(await FindComputedAsync(connection, table, cancellationToken).ConfigureAwait(false));
            return Add(copy, found);
        }

        return found.Count > 0;
    }

    private bool Add(string copy, List<BrokenRule> found)
    {
        var known = _known.TryGetValue(copy, out var list) ? list : _known[copy] = [];
        found.RemoveAll(known.Contains);
        known.AddRange(found);
        return found.Count > 0;
    }

    private static async Task<List<BrokenRule>> FindAsync(
        NpgsqlConnection connection,
        string table,
        string? constraint,
        CancellationToken cancellationToken
    )
    {
        var rules = new List<BrokenRule>();
        await SqlBatch
            .QueryAsync(
                connection,
                OwnSettings.Catalogue,
                Constraints,
                [table, constraint],
                row => rules.Add(Rule(row.GetString(0), row.GetString(1), row.GetString(2))),
                cancellationToken
            )
            .ConfigureAwait(false);
        return rules;
    }

    private static BrokenRule Rule(string owner, string name, string definition) =>
        new(
            $"CONSTRAINT {name} of {owner}",
            $"ALTER {owner} DROP CONSTRAINT {name}",
            $"ALTER {owner} ADD CONSTRAINT {name} {definition}{(definition.EndsWith(Open, StringComparison.Ordinal) ? "" : Open)}"
        );

    private static async Task<List<BrokenRule>> FindComputedAsync(
        NpgsqlConnection connection,
        string table,
        CancellationToken cancellationToken
    )
    {
        var rules = new List<BrokenRule>();
        await SqlBatch
            .QueryAsync(
                connection,
                OwnSettings.Catalogue,
                Computed,
                [table],
                row =>
                    rules.Add(
                        new BrokenRule(
                            $"the expression of column {row.GetString(1)} of TABLE {row.GetString(0)}",
                            $"ALTER TABLE {row.GetString(0)} ALTER COLUMN {row.GetString(1)} DROP EXPRESSION",
                            Return: null
                        )
                    ),
                cancellationToken
            )
            .ConfigureAwait(false);
        return rules;
    }
}
