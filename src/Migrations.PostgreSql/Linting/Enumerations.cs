using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>Reads what changes the values of an enumeration: PostgreSQL adds values, and takes none away.</summary>
internal static class Enumerations
{
    /// <summary>Reads CREATE TYPE.</summary>
    public static IEnumerable<LintHazard> Create(KnownSchema schema, ScriptStatement statement, StatementWords words)
    {
        var at = 2;
        var name = SqlNames.Qualified(words, ref at);
        if (words[at] is not "AS" || words[at + 1] is not "ENUM")
            yield break;
        List<string> values = [];
        for (at += 3; words[at] is not (")" or ""); at++)
        {
            if (words[at] is not ",")
                values.Add(SqlLiterals.ValueOf(words[at]));
        }

        var key = KnownSchema.Key(name);
        var before = schema.Enums.GetValueOrDefault(key);
        schema.Enums[key] = (values, schema.Run);
        if (before.Values is null || before.MadeIn == schema.Run)
            yield break;
        var gone = before.Values.Except(values, StringComparer.Ordinal).ToList();
        if (gone.Count > 0)
            yield return new LintHazard(
                "enum-value",
                statement,
                $"The type {LossReader.Shown(name)} is made again without {string.Join(", ", gone.Select(v => $"'{v}'"))}."
            );
    }

    /// <summary>Reads ALTER TYPE.</summary>
    public static IEnumerable<LintHazard> Alter(KnownSchema schema, ScriptStatement statement, StatementWords words)
    {
        var at = 2;
        var name = SqlNames.Qualified(words, ref at);
        var key = KnownSchema.Key(name);
        var known = schema.Enums.GetValueOrDefault(key);
        if (words[at] is "ADD" && words[at + 1] is "VALUE" && known.Values is not null)
        {
            var value = words[words[at + 2] is "IF" ? at + 5 : at + 2];
            schema.Enums[key] = ([.. known.Values, SqlLiterals.ValueOf(value)], known.MadeIn);
        }

        if (words[at] is "RENAME" && words[at + 1] is "TO")
            schema.RenameType(key, SqlNames.Plain(words[at + 2]));
        if (words[at] is not "RENAME" || words[at + 1] is not "VALUE" || (known.Values is not null && known.MadeIn == schema.Run))
            yield break;
        yield return new LintHazard(
            "enum-value",
            statement,
            $"Gives the value {words[at + 2]} of the type {LossReader.Shown(name)} another name."
        )
        {
            Rewrite = PostgreSqlRewrites.EnumValue(words.TextOf(2, at), words[at + 4]),
        };
    }
}
