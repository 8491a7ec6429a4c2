using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>Reads statements that change rows.</summary>
internal static class RowStatements
{
    /// <summary>Reads one.</summary>
    public static IEnumerable<LintHazard> Read(KnownSchema schema, ScriptState state, ScriptStatement statement)
    {
        // Long scripts are mostly rows.
        if (StartsWith(statement.Text, "INSERT") && !statement.Text.Contains("SELECT", StringComparison.OrdinalIgnoreCase))
            return [];
        var tokens = SqliteTokenCursor.Read(statement.Text);
        if (tokens.Count == 0)
            return [];
        return tokens[0] switch
        {
            var t when t.Is("INSERT") || t.Is("REPLACE") => Insert(state, statement, tokens),
            var t when t.Is("DELETE") => Delete(schema, state, statement, tokens),
            var t when t.Is("UPDATE") => Update(schema, state, statement, tokens),
            _ => [],
        };
    }

    private static IEnumerable<LintHazard> Insert(ScriptState state, ScriptStatement statement, List<SqliteToken> tokens)
    {
        var into = tokens.FindIndex(t => t.Is("INTO"));
        if (into < 0 || into + 1 >= tokens.Count || !tokens.Exists(t => t.Is("SELECT")))
            return [];
        var cursor = new SqliteTokenCursor(tokens.GetRange(into + 1, tokens.Count - into - 1));
        state.Copies.Add((statement, SqliteNames.Fold(cursor.TakeName()), new ForecastCopy(statement)));
        return [];
    }

    private static IEnumerable<LintHazard> Delete(
        KnownSchema schema,
        ScriptState state,
        ScriptStatement statement,
        List<SqliteToken> tokens
    )
    {
        if (Target(tokens, tokens.FindIndex(t => t.Is("FROM")) + 1) is not { } name || SqliteNames.IsInternal(name))
            yield break;
        var table = schema.Find(name);
        if (!schema.IsOld(table))
            yield break;
        if (!tokens.Exists(t => t.Is("WHERE")))
            yield return new LintHazard("delete-all-rows", statement, $"Deletes all rows of {SqliteNames.Show(name)}.")
            {
                Table = table.Origin,
                Harm = LintHarm.WithRows,
                Rewrite = CommonRewrites.Keep(SqliteNames.Show(name)),
            };
        foreach (var hazard in Together(table, name, state, statement))
            yield return hazard;
    }

    private static IEnumerable<LintHazard> Update(
        KnownSchema schema,
        ScriptState state,
        ScriptStatement statement,
        List<SqliteToken> tokens
    )
    {
        var set = tokens.FindIndex(t => t.Is("SET"));
        // UPDATE OR IGNORE t SET ...
        if (set < 0 || Target(tokens, tokens[1].Is("OR") ? 3 : 1) is not { } name)
            yield break;
        var table = schema.Find(name);
        if (!schema.IsOld(table) || SqliteNames.IsInternal(name))
            yield break;
        var old = Columns(tokens, set + 1).Where(c => schema.IsOld(table, c)).Select(SqliteNames.Show).ToList();
        if (old.Count > 0 && !tokens.Exists(t => t.Is("WHERE")) && !tokens.Exists(t => t.Is("FROM")))
            yield return new LintHazard(
                "update-all-rows",
                statement,
                $"Overwrites {string.Join(", ", old)} in every row of {SqliteNames.Show(name)}; the values before are lost."
            )
            {
                Table = table.Origin,
                Harm = LintHarm.WithRows,
                Rewrite = CommonRewrites.KeepValues(SqliteNames.Show(name), old),
            };
        foreach (var hazard in Together(table, name, state, statement))
            yield return hazard;
    }

    private static IEnumerable<LintHazard> Together(KnownTable table, string name, ScriptState state, ScriptStatement statement)
    {
        if (!state.IsInTransaction || state.SchemaChange is not { } change)
            yield break;
        // One finding is enough: the script is to be cut there.
        state.SchemaChange = null;
        yield return new LintHazard(
            "data-and-schema",
            statement,
            $"Changes rows of {SqliteNames.Show(name)} in the transaction that changes the schema in line {change.Location.Line}."
        )
        {
            Table = table.Origin,
            Harm = LintHarm.WithManyRows,
            Rewrite = CommonRewrites.Apart(statement.Text),
        };
    }

    private static IEnumerable<string> Columns(List<SqliteToken> tokens, int at)
    {
        var (depth, isTarget) = (0, true);
        for (; at < tokens.Count && !(depth == 0 && (tokens[at].Is("WHERE") || tokens[at].Is("FROM") || tokens[at].Is("RETURNING"))); at++)
        {
            if (isTarget && !tokens[at].Is('('))
                yield return tokens[at].Name;
            depth +=
                tokens[at].Is('(') ? 1
                : tokens[at].Is(')') ? -1
                : 0;
            isTarget = depth == 0 && tokens[at].Is(',');
        }
    }

    private static string? Target(List<SqliteToken> tokens, int at) =>
        at <= 0 || at >= tokens.Count ? null : new SqliteTokenCursor(tokens.GetRange(at, tokens.Count - at)).TakeName();

    private static bool StartsWith(string text, string word) => text.StartsWith(word, StringComparison.OrdinalIgnoreCase);
}
