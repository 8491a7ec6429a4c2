using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>Reads CREATE INDEX.</summary>
internal static class CreatedIndex
{
    /// <summary>Reads one.</summary>
    /// <param name="schema">What is known so far.</param>
    /// <param name="statement">The statement.</param>
    /// <param name="words">Its words.</param>
    /// <param name="at">The word behind INDEX.</param>
    public static IEnumerable<LintHazard> Read(KnownSchema schema, ScriptStatement statement, StatementWords words, int at)
    {
        var behindIndex = at;
        var isConcurrent = words[at] is "CONCURRENTLY";
        at += isConcurrent ? 1 : 0;
        at += words[at] is "IF" ? 3 : 0;
        if (words[at] is not "ON")
            schema.MakeIndex(SqlNames.Qualified(words, ref at));
        var isOnly = words[at + 1] is "ONLY";
        at += isOnly ? 2 : 1;
        if (words[at].Length == 0)
            yield break;
        var nameAt = at;
        var name = SqlNames.Qualified(words, ref at);
        var table = schema.Find(name);
        if (isConcurrent || isOnly || !schema.IsOld(table))
            yield break;
        yield return new LintHazard(
            "index-not-concurrent",
            statement,
            $"Builds an index on {LossReader.Shown(name)} while no one can write to that table."
        )
        {
            Table = table.Origin,
            Harm = LintHarm.WithManyRows,
            Rewrite = table.IsPartitioned
                ? PostgreSqlRewrites.PartitionedIndex(statement.Text.Insert(words.PlaceOf(nameAt), "ONLY "))
                : PostgreSqlRewrites.ConcurrentIndex(statement.Text, words.PlaceOf(behindIndex - 1) + words[behindIndex - 1].Length),
        };
    }
}
