using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>Reads the actions of one ALTER TABLE.</summary>
/// <param name="schema">What is known so far.</param>
/// <param name="statement">The statement.</param>
/// <param name="words">Its words.</param>
/// <param name="altered">What it alters.</param>
/// <param name="table">The table.</param>
/// <param name="isInTransaction">Whether its locks are held up to the end of the script.</param>
internal sealed class TableChanges(
    KnownSchema schema,
    ScriptStatement statement,
    StatementWords words,
    AlteredTable altered,
    KnownTable table,
    bool isInTransaction
)
{
    private readonly string _shown = LossReader.Shown(altered.Name);
    private int _action;

    /// <summary>Reads them.</summary>
    public IEnumerable<LintHazard> Read()
    {
        foreach (var (start, end) in altered.Actions)
        {
            _action = start;
            foreach (var hazard in Action(start, end))
                yield return hazard;
        }
    }

    private IEnumerable<LintHazard> Action(int at, int end) =>
        words[at] switch
        {
            "ADD" when IsConstraint(at + 1) => new AddedConstraint(this, at + 1, end).Read(),
            "ADD" => AddColumn(at + 1, end),
            "ALTER" when words[at + 1] is not "CONSTRAINT" => AlterColumn(words[at + 1] is "COLUMN" ? at + 2 : at + 1, end),
            "DROP" when words[at + 1] is "CONSTRAINT" => DropConstraint(words[at + 2] is "IF" ? at + 4 : at + 2),
            "DROP" => DropColumn(words[at + 1] is "COLUMN" ? at + 2 : at + 1),
            "RENAME" => Rename(at + 1),
            "VALIDATE" => Validate(at + 2),
            "SET" => Set(at + 1),
            _ => [],
        };

    /// <summary>The words of the statement.</summary>
    public StatementWords Words => words;

    /// <summary>The table.</summary>
    public KnownTable Table => table;

    /// <summary>The table's name, as SQL writes it.</summary>
    public string Shown => _shown;

    /// <summary>A hazard of the current action; none on a table that this run makes.</summary>
    public IEnumerable<LintHazard> Hazard(string rule, LintHarm harm, string message, IReadOnlyList<LintStep> rewrite)
    {
        if (!schema.IsOld(table))
            yield break;
        yield return new LintHazard(rule, statement, message)
        {
            At = words.PlaceOf(_action),
            Table = table.Origin,
            Harm = harm,
            Rewrite = rewrite,
        };
    }

    /// <summary>A hazard of an action that reads all rows.</summary>
    public IEnumerable<LintHazard> Scan(string rule, string message, IReadOnlyList<LintStep> rewrite) =>
        Hazard(rule, LintHarm.WithManyRows, message, rewrite);

    /// <summary>A hazard of an action that writes all rows again, and one more where the statement before it did so, too.</summary>
    public IEnumerable<LintHazard> Rewrite(string rule, string message, IReadOnlyList<LintStep> rewrite)
    {
        var first = table.Rewritten;
        table.Rewritten = statement;
        var found = Scan(rule, message, rewrite);
        return first is null || first.Index == statement.Index
            ? found
            : found.Concat(
                Hazard(
                    "alter-apart",
                    LintHarm.WithManyRows,
                    $"Writes all rows of {_shown} again, as line {first.Location.Line} has done.",
                    PostgreSqlRewrites.Together(first.Text, statement.Text)
                )
            );
    }

    private bool IsConstraint(int at) =>
        words[at] is "CONSTRAINT" or "CHECK" or "FOREIGN" or "EXCLUDE"
        || (words[at] is "UNIQUE" && words[at + 1] is "(" or "USING" or "NULLS")
        || (words[at] is "PRIMARY" && words[at + 1] is "KEY");

    private IEnumerable<LintHazard> AddColumn(int at, int end)
    {
        at += words[at] is "COLUMN" ? 1 : 0;
        at += words[at] is "IF" ? 3 : 0;
        var column = ColumnDefinition.Read(words, at, end);
        var found = new AddedColumn(this, column).Read().ToList();
        table.Add(column, schema.Run);
        return found;
    }

    private IEnumerable<LintHazard> AlterColumn(int at, int end)
    {
        var column = SqlNames.Plain(words[at]);
        var written = words.TextOf(at, at + 1);
        switch (words[at + 1], words[at + 2])
        {
            case ("TYPE", _):
                return ChangeType(column, written, at + 2, end);
            case ("SET", "DATA"):
                return ChangeType(column, written, at + 4, end);
            case ("SET", "NOT"):
                var isProven = table.IsProven(column);
                table.NotNull.Add(column);
                return isProven
                    ? []
                    : Scan(
                        "set-not-null",
                        $"Reads all rows of {_shown} to see that none has a NULL in {column}, and no one can read or write it meanwhile.",
                        PostgreSqlRewrites.SetNotNull(altered.Written, _shown, written)
                    );
            case ("DROP", "NOT"):
                var isNullable = table.Columns.ContainsKey(column) && !table.NotNull.Contains(column);
                table.NotNull.Remove(column);
                return isNullable || !schema.IsOld(table, column)
                    ? []
                    : Hazard(
                        "drop-not-null",
                        LintHarm.Always,
                        $"Lets {column} of {_shown} be NULL, which programs that read it may not expect.",
                        PostgreSqlRewrites.DropNotNull(statement.Text)
                    );
            default:
                return [];
        }
    }

    private IEnumerable<LintHazard> ChangeType(string column, string written, int at, int end)
    {
        var typeEnd = at;
        while (typeEnd < end && words[typeEnd] is not ("USING" or "COLLATE"))
            typeEnd++;
        var type = StoredType.Normal(words.TextOf(at, typeEnd));
        var before = table.Columns.GetValueOrDefault(column);
        table.Columns[column] = type;
        var conversion = typeEnd;
        while (conversion < end && words[conversion] is not "USING")
            conversion++;
        // USING c::type is what the server would do anyway.
        var converts = conversion < end && !IsPlainCast(conversion + 1, end);
        var steps = PostgreSqlRewrites.ColumnType(
            altered.Written,
            written,
            words.LineOf(at, conversion),
            words.LineOf(conversion + 1, end)
        );
        if (!converts && StoredType.Rewrites(before, type) is not true)
            return words[typeEnd] is "COLLATE" && typeEnd < end
                ? Scan(
                    "column-type",
                    $"Gives {column} of {_shown} another collation: its indexes are built again while no one can read or write the table.",
                    steps
                )
                : [];
        var from = before is null ? "" : $" from {before}";
        return Rewrite(
            "column-type",
            $"Changes {column} of {_shown}{from} to {type}, which writes all rows again while no one can read or write the table.",
            steps
        );
    }

    private bool IsPlainCast(int at, int end)
    {
        for (; at < end; at++)
        {
            if (words[at] is "CASE" or "+" or "-" or "*" or "/" or "||")
                return false;
            if (
                words[at] is "("
                && at > 0
                && char.IsLetter(words[at - 1][0])
                && words[at - 1] is not ("USING" or "VARCHAR" or "VARYING" or "NUMERIC")
            )
                return false;
        }

        return true;
    }

    private IEnumerable<LintHazard> DropConstraint(int at)
    {
        var name = SqlNames.Plain(words[at]);
        table.NotNullChecks.Remove(name);
        return [];
    }

    private IEnumerable<LintHazard> DropColumn(int at)
    {
        at += words[at] is "IF" ? 2 : 0;
        var column = SqlNames.Plain(words[at]);
        var isOld = schema.IsOld(table, column);
        table.Drop(column);
        return isOld
            ? Hazard(
                    "drop-column",
                    LintHarm.Always,
                    $"Drops {column} of {_shown} with its values.",
                    PostgreSqlRewrites.DropColumn(altered.Written, words.TextOf(at, at + 1))
                )
                // Its values may be in what has its name at the end.
                .Select(h => h with { IsVoid = () => table.RenamedTo.Contains(column) })
            : [];
    }

    private IEnumerable<LintHazard> Rename(int at)
    {
        if (words[at] is "CONSTRAINT")
            return [];
        if (words[at] is "TO")
            return RenameTable(words.TextOf(at + 1, at + 2), words[at + 1]);
        at += words[at] is "COLUMN" ? 1 : 0;
        var column = SqlNames.Plain(words[at]);
        var isOld = schema.IsOld(table, column);
        table.Rename(column, SqlNames.Plain(words[at + 2]));
        return isOld
            ? Hazard(
                "rename-column",
                LintHarm.Always,
                $"Renames {column} of {_shown}: programs that run now ask for the old name.",
                PostgreSqlRewrites.RenameColumn(
                    altered.Written,
                    words.TextOf(at, at + 1),
                    words.TextOf(at + 2, at + 3),
                    table.Columns.GetValueOrDefault(SqlNames.Plain(words[at + 2]))
                )
            )
            : [];
    }

    private IEnumerable<LintHazard> RenameTable(string written, string name)
    {
        // Before the name changes, which the hazard is known by.
        var found = Hazard(
                "rename-table",
                LintHarm.Always,
                $"Renames the table {_shown}: programs that run now ask for the old name.",
                PostgreSqlRewrites.RenameTable(statement.Text, _shown, written)
            )
            .ToList();
        schema.Rename(table, name);
        return found;
    }

    private IEnumerable<LintHazard> Validate(int at)
    {
        var name = SqlNames.Plain(words[at]);
        if (table.NotNullChecks.TryGetValue(name, out var check))
            table.NotNullChecks[name] = (check.Column, true);
        return isInTransaction && table.AddedNotValid.Contains(name)
            ? Hazard(
                "validate-at-once",
                LintHarm.WithManyRows,
                $"Reads all rows of {_shown} while the lock is still held that adding {name} took.",
                PostgreSqlRewrites.NextMigration(statement.Text)
            )
            : [];
    }

    private IEnumerable<LintHazard> Set(int at)
    {
        switch (words[at])
        {
            case "LOGGED" or "UNLOGGED" or "TABLESPACE" or "ACCESS":
                return Rewrite(
                    "rewrites-table",
                    $"SET {words[at]} writes all rows of {_shown} again while no one can read or write it.",
                    PostgreSqlRewrites.Vacuum(_shown)
                );
            case "SCHEMA":
                return Hazard(
                    "rename-table",
                    LintHarm.Always,
                    $"Moves the table {_shown} to another schema: programs that run now ask for the old name.",
                    PostgreSqlRewrites.MoveTable(statement.Text, _shown, words.TextOf(at + 1, at + 2))
                );
            default:
                return [];
        }
    }
}
