using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>Reads what writes tables or indexes again without changing them: REINDEX, CLUSTER, VACUUM FULL.</summary>
internal static class Maintenance
{
    /// <summary>Reads a statement.</summary>
    public static IEnumerable<LintHazard> Read(KnownSchema schema, ScriptStatement statement, StatementWords words) =>
        words[0] switch
        {
            "REINDEX" => Reindex(schema, statement, words),
            "CLUSTER" => Rewrite(schema, statement, words, words[1] is "VERBOSE" ? 2 : 1, "CLUSTER"),
            _ when words[1] is "FULL" => Rewrite(schema, statement, words, words[2] is "VERBOSE" ? 3 : 2, "VACUUM FULL"),
            _ when words[1] is "(" && IsFull(words) => Rewrite(schema, statement, words, End(words, 1), "VACUUM FULL"),
            _ => [],
        };

    private static IEnumerable<LintHazard> Reindex(KnownSchema schema, ScriptStatement statement, StatementWords words)
    {
        var at = words[1] is "(" ? End(words, 1) : 1;
        if (words.Contain("CONCURRENTLY") || words[at] is not ("TABLE" or "INDEX" or "SCHEMA" or "DATABASE" or "SYSTEM"))
            yield break;
        var kind = words[at++];
        var insert = at;
        var name = SqlNames.Qualified(words, ref at);
        var table = kind is "TABLE" ? schema.Find(name) : null;
        if ((table is not null && !schema.IsOld(table)) || (kind is "INDEX" && schema.IsNewIndex(name)))
            yield break;
        yield return new LintHazard(
            "reindex-not-concurrent",
            statement,
            $"Builds indexes of {LossReader.Shown(name)} again while no one can write, nor read with them."
        )
        {
            Table = table?.Origin,
            Harm = table is null ? LintHarm.Always : LintHarm.WithManyRows,
            Rewrite = kind is "SYSTEM" ? [] : PostgreSqlRewrites.Outside(statement.Text.Insert(words.PlaceOf(insert), "CONCURRENTLY ")),
        };
    }

    private static IEnumerable<LintHazard> Rewrite(KnownSchema schema, ScriptStatement statement, StatementWords words, int at, string what)
    {
        var name = words[at].Length == 0 ? null : SqlNames.Qualified(words, ref at);
        var table = name is null ? null : schema.Find(name);
        if (table is not null && !schema.IsOld(table))
            yield break;
        yield return new LintHazard(
            "rewrites-table",
            statement,
            $"{what} writes {(name is null ? "every table" : LossReader.Shown(name))} again, and no one can read or write it meanwhile."
        )
        {
            Table = table?.Origin,
            Harm = table is null ? LintHarm.Always : LintHarm.WithManyRows,
            Rewrite = PostgreSqlRewrites.Vacuum(name is null ? "" : LossReader.Shown(name)),
        };
    }

    private static bool IsFull(StatementWords words)
    {
        for (var at = 2; words[at] is not (")" or ""); at++)
        {
            if (words[at] is "FULL")
                return words[at + 1].ToUpperInvariant() is not ("FALSE" or "OFF" or "0");
        }

        return false;
    }

    private static int End(StatementWords words, int at)
    {
        while (words[at] is not (")" or ""))
            at++;
        return at + 1;
    }
}
