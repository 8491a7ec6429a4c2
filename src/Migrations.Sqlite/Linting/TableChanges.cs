using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>
/// Reads an ALTER TABLE that keeps the table: what SQLite refuses of it, always or only with rows, and what it breaks
/// (<see href="https://sqlite.org/lang_altertable.html"/>).
/// </summary>
/// <param name="schema">What is known so far.</param>
/// <param name="statement">The statement.</param>
/// <param name="head">Its beginning.</param>
/// <param name="table">The table.</param>
internal sealed class TableChanges(KnownSchema schema, ScriptStatement statement, StatementHead head, KnownTable table)
{
    private readonly string _shown = SqliteNames.Show(head.Name!);

    /// <summary>Reads it.</summary>
    public IEnumerable<LintHazard> Read()
    {
        var rest = Rest();
        return head.Kind switch
        {
            StatementKind.AddColumn when IsConstraint(rest) => AddConstraint(rest),
            StatementKind.AddColumn => AddColumn(rest),
            StatementKind.DropColumn when rest is [var first, ..] && first.Is("CONSTRAINT") => [],
            StatementKind.DropColumn => head.Column is { } dropped ? DropColumn(dropped) : [],
            StatementKind.RenameColumn => RenameColumn(),
            _ => AlterColumn(rest),
        };
    }

    /// <summary>A hazard; none on a table that this run makes, unless SQLite refuses the statement always.</summary>
    private IEnumerable<LintHazard> Hazard(string rule, LintHarm harm, string message, IReadOnlyList<LintStep> rewrite, bool always = false)
    {
        if (!always && !schema.IsOld(table))
            yield break;
        yield return new LintHazard(rule, statement, message)
        {
            Table = always ? null : table.Origin,
            Harm = harm,
            Rewrite = rewrite,
        };
    }

    // Behind ALTER TABLE t ADD|DROP|ALTER [COLUMN].
    private List<SqliteToken> Rest()
    {
        var cursor = new SqliteTokenCursor(SqliteTokenCursor.Read(statement.Text));
        _ = cursor.Skip("ALTER") && cursor.Skip("TABLE");
        _ = cursor.TakeName();
        _ = cursor.Take();
        _ = cursor.Skip("COLUMN");
        return cursor.TakeRest();
    }

    // As it is written, on one line and without comments.
    private string Written(List<SqliteToken> rest)
    {
        var placed = SqliteTokenCursor.ReadPlaced(statement.Text).ToList();
        var start = placed.Count - rest.Count;
        return start < placed.Count ? SqliteTablePiece.OnOneLine(statement.Text[placed[start].At..]) : "";
    }

    private static bool IsConstraint(List<SqliteToken> rest) =>
        rest is [var first, ..]
        && (
            first.Is("CONSTRAINT")
            || (rest.Count > 1 && first.Is("CHECK") && rest[1].Is('('))
            || (rest.Count > 1 && first.Is("UNIQUE") && rest[1].Is('('))
            || (rest.Count > 1 && (first.Is("PRIMARY") || first.Is("FOREIGN")) && rest[1].Is("KEY"))
        );

    private IEnumerable<LintHazard> AddConstraint(List<SqliteToken> rest)
    {
        var at = rest[0].Is("CONSTRAINT") ? 2 : 0;
        if (at >= rest.Count)
            return [];
        var text = Written(rest);
        if (!rest[at].Is("CHECK"))
            return Hazard(
                "alter-unsupported",
                LintHarm.Always,
                $"SQLite cannot add this constraint to {_shown}; it needs a rebuild.",
                SqliteRewrites.Rebuild(schema, table, _shown, text),
                always: true
            );
        return Hazard(
            "add-check",
            LintHarm.WithRows,
            $"Fails with no more than \"constraint failed\" when a row of {_shown} breaks the new CHECK.",
            SqliteRewrites.LookFirst(_shown, $"NOT ({SqliteTablePiece.Of(text)?.Within("CHECK")})", statement.Text)
        );
    }

    private List<LintHazard> AddColumn(List<SqliteToken> rest)
    {
        var definition = Written(rest);
        var read = SqliteTableReader.Read($"CREATE TABLE t ({definition})");
        if (read.Columns is not [var column, ..] || SqliteTablePiece.Of(definition) is not { } piece)
            return [];
        var isStrict = table.Text?.Strict == true;
        var found = new AddedColumn(_shown, column, read, isStrict, piece)
            .Read()
            .SelectMany(f =>
                Hazard(f.Rule, f.Harm, f.Message, f.Rewrite ?? SqliteRewrites.Rebuild(schema, table, _shown, definition), f.IsAlways)
            )
            .ToList();
        if (read.Columns.Count > 1)
            found.AddRange(TwoActions());
        table.Add(definition, schema.Run);
        return found;
    }

    private IEnumerable<LintHazard> TwoActions() =>
        Hazard(
            "alter-unsupported",
            LintHarm.Always,
            "An ALTER TABLE of SQLite does one thing; this one says several.",
            [new LintStep("In its place", "One ALTER TABLE for each.")],
            always: true
        );

    private IEnumerable<LintHazard> DropColumn(string column)
    {
        var isOld = schema.IsOld(table, column);
        var shown = SqliteNames.Show(column);
        var (refusal, breakage) = (DroppedColumn.Refusal(schema, table, column), DroppedColumn.Breakage(schema, table, column));
        table.Change(column, name: null);
        List<LintHazard> found = [];
        if (refusal is { } reason)
            found.AddRange(
                Hazard(
                    "drop-column-refused",
                    LintHarm.Always,
                    $"SQLite refuses to drop {shown} of {_shown}: {reason}.",
                    SqliteRewrites.WithoutColumn(schema, table, _shown, shown),
                    always: true
                )
            );
        if (breakage is { } broken)
            found.AddRange(
                Hazard(
                    "drop-column-breaks-writes",
                    LintHarm.Always,
                    $"Drops {shown} of {_shown}, and later writes fail: {broken}.",
                    [new LintStep("Before it", "DROP TRIGGER ...; -- and create it again without the column")],
                    always: true
                )
            );
        if (isOld)
            found.AddRange(
                Hazard(
                        "drop-column",
                        LintHarm.Always,
                        $"Drops {shown} of {_shown} with its values.",
                        [new LintStep("In a later migration, when no running program uses it any more", statement.Text + ";")]
                    )
                    // Its values may be in what has its name at the end.
                    .Select(h => h with { IsVoid = () => table.RenamedTo.Contains(column) })
            );
        return found;
    }

    private IEnumerable<LintHazard> RenameColumn()
    {
        if (head is not { Column: { } column, NewName: { } newName })
            return [];
        var (isOld, type) = (schema.IsOld(table, column), table.Find(column)?.Type);
        table.Change(column, newName);
        return isOld
            ? Hazard(
                "rename-column",
                LintHarm.Always,
                $"Renames {SqliteNames.Show(column)} of {_shown}: programs that run now ask for the old name.",
                SqliteRewrites.RenameColumn(_shown, SqliteNames.Show(column), SqliteNames.Show(newName), type)
            )
            : [];
    }

    // ALTER COLUMN c SET NOT NULL | DROP NOT NULL is all there is, since SQLite 3.53.
    private IEnumerable<LintHazard> AlterColumn(List<SqliteToken> rest)
    {
        if (rest.Count < 3)
            return [];
        var column = SqliteNames.Show(rest[0].Name);
        var isNotNull = rest.Count > 3 && rest[2].Is("NOT") && rest[3].Is("NULL");
        if (rest[1].Is("SET") && isNotNull)
            return table.Find(rest[0].Name)?.NotNull is not null
                ? []
                : Hazard(
                    "set-not-null",
                    LintHarm.WithRows,
                    $"Fails with no more than \"constraint failed\" when a row of {_shown} has a NULL in {column}.",
                    SqliteRewrites.LookFirst(_shown, $"{column} IS NULL", statement.Text)
                );
        if (rest[1].Is("DROP") && isNotNull)
            return [];
        return Hazard(
            "alter-unsupported",
            LintHarm.Always,
            $"SQLite cannot change {column} of {_shown} so; it needs a rebuild.",
            SqliteRewrites.Rebuild(schema, table, _shown, $"{column} ..."),
            always: true
        );
    }
}
