using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>Reads statements that change rows: those that change all, and those that run while a table is locked.</summary>
internal static class RowStatements
{
    /// <summary>Reads one.</summary>
    /// <param name="schema">What is known so far.</param>
    /// <param name="statement">The statement.</param>
    /// <param name="words">Its words.</param>
    /// <param name="locks">The statement of the same transaction that locked a table, and the table.</param>
    public static IEnumerable<LintHazard> Read(
        KnownSchema schema,
        ScriptStatement statement,
        StatementWords words,
        (ScriptStatement Statement, string Table)? locks
    )
    {
        if (Target(words) is not { } name)
            return [];
        var table = schema.Find(name);
        table.Write();
        if (!schema.IsOld(table) || table.Key.StartsWith("pg_", StringComparison.Ordinal))
            return [];
        var all = AllRows(schema, table, name, statement, words);
        return locks is { } held && MayTakeLong(words) ? all.Append(UnderLock(table, name, statement, words, held)) : all;
    }

    private static IEnumerable<LintHazard> AllRows(
        KnownSchema schema,
        KnownTable table,
        string name,
        ScriptStatement statement,
        StatementWords words
    )
    {
        var shown = LossReader.Shown(name);
        if (words[0] is "TRUNCATE" || (words[0] is "DELETE" && !words.Contain("WHERE") && !words.Contain("USING")))
            yield return new LintHazard("delete-all-rows", statement, $"Deletes all rows of {shown}.")
            {
                Table = table.Origin,
                Harm = LintHarm.WithRows,
                Rewrite = CommonRewrites.Keep(shown),
            };
        if (words[0] is not "UPDATE" || words.Contain("WHERE") || words.Contain("FROM"))
            yield break;
        var old = SetColumns(words).Where(c => schema.IsOld(table, c)).ToList();
        if (old.Count > 0)
            yield return new LintHazard(
                "update-all-rows",
                statement,
                $"Overwrites {string.Join(", ", old)} in every row of {shown}; the values before are lost."
            )
            {
                Table = table.Origin,
                Harm = LintHarm.WithRows,
                Rewrite = CommonRewrites.KeepValues(shown, old),
            };
    }

    private static LintHazard UnderLock(
        KnownTable table,
        string name,
        ScriptStatement statement,
        StatementWords words,
        (ScriptStatement Statement, string Table) locks
    ) =>
        new(
            "data-and-schema",
            statement,
            $"Changes rows of {LossReader.Shown(name)} while line {locks.Statement.Location.Line} keeps everyone off {locks.Table}."
        )
        {
            Table = table.Origin,
            Harm = LintHarm.WithManyRows,
            Rewrite = CommonRewrites.Apart(statement.Text),
        };

    // A list of values is as long as its author wrote it.
    private static bool MayTakeLong(StatementWords words) =>
        words[0] is "UPDATE" or "DELETE" or "MERGE" || (words[0] is "INSERT" && words.Contain("SELECT") && words.Contain("FROM"));

    private static string? Target(StatementWords words)
    {
        var at = words[0] switch
        {
            "UPDATE" => 1,
            "TRUNCATE" => words[1] is "TABLE" ? 2 : 1,
            _ => 2,
        };
        at += words[at] is "ONLY" ? 1 : 0;
        return words[at].Length > 0 ? SqlNames.Qualified(words, ref at) : null;
    }

    private static IEnumerable<string> SetColumns(StatementWords words)
    {
        var at = 1;
        while (words[at] is not ("SET" or ""))
            at++;
        var isTarget = true;
        for (var depth = 0; words[++at].Length > 0; )
        {
            if (depth == 0 && isTarget && words[at] is not "(")
                yield return SqlNames.Plain(words[at]);
            depth +=
                words[at] is "(" ? 1
                : words[at] is ")" ? -1
                : 0;
            isTarget = depth == 0 && words[at] is ",";
            if (depth == 0 && words[at] is "RETURNING")
                yield break;
        }
    }
}
