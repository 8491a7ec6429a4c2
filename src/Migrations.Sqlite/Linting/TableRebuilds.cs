using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>
/// What a script loses or breaks that drops or renames tables, looked at when all of it is read: a table that is there again at its end was
/// rebuilt (<see href="https://sqlite.org/lang_altertable.html#otheralter"/>).
/// </summary>
/// <param name="schema">What is known at the end of the script.</param>
/// <param name="state">What the script has done.</param>
internal sealed class TableRebuilds(KnownSchema schema, ScriptState state)
{
    /// <summary>Finds it.</summary>
    public IEnumerable<LintHazard> Read()
    {
        foreach (var gone in state.Gone)
        {
            var after = schema.TryFind(gone.Name);
            var isRebuilt = after is not null && !ReferenceEquals(after, gone.Table);
            // Renamed there and back.
            if (!isRebuilt && (after is not null || IsOnlyMoved(gone)))
                continue;
            foreach (var hazard in isRebuilt ? Rebuilt(gone, after!) : Removed(gone))
                yield return hazard;
        }

        foreach (var hazard in Copies().Concat(CopyTriggers()))
            yield return hazard;
    }

    private static LintHazard Hazard(GoneTable gone, string rule, LintHarm harm, string message, IReadOnlyList<LintStep> rewrite) =>
        new(rule, gone.Statement, message)
        {
            Table = gone.Table.Origin,
            Harm = harm,
            Rewrite = rewrite,
        };

    // Its rows are in another table that the script drops then: the drop says it.
    private bool IsOnlyMoved(GoneTable gone) =>
        gone.NewName is not null
        && state.Gone.Exists(g => ReferenceEquals(g.Table, gone.Table) && !ReferenceEquals(g, gone) && g.NewName is null);

    private IEnumerable<LintHazard> Removed(GoneTable gone)
    {
        // The old table of a rebuild, under the name that it was moved to.
        if (state.Gone.Exists(g => ReferenceEquals(g.Table, gone.Table) && !ReferenceEquals(g, gone) && schema.TryFind(g.Name) is not null))
            yield break;
        var shown = gone.Name;
        if (gone.NewName is { } newName)
        {
            yield return Hazard(
                gone,
                "rename-table",
                LintHarm.Always,
                $"Renames the table {shown}: programs that run now ask for the old name.",
                SqliteRewrites.RenameTable(gone.Statement.Text, shown, newName)
            );
            yield break;
        }

        yield return Hazard(
            gone,
            "drop-table",
            LintHarm.Always,
            $"Drops the table {shown} with its rows.",
            SqliteRewrites.DropTable(shown)
        );
        if (gone.Owned.FirstOrDefault(IsDeleteTrigger) is { } trigger)
            yield return Hazard(
                gone,
                "delete-triggers-silent",
                LintHarm.WithRows,
                $"DROP TABLE runs no DELETE trigger: what {trigger.Name} does for each row of {shown} is left undone.",
                [new LintStep("Before it", $"DELETE FROM {shown};")]
            );
    }

    private static bool IsDeleteTrigger(KnownObject other) =>
        other.Type is "TRIGGER" && other.Tokens.Skip(3).TakeWhile(t => !t.Is("ON")).Any(t => t.Is("DELETE"));

    private IEnumerable<LintHazard> Rebuilt(GoneTable gone, KnownTable after)
    {
        if (Moved(gone) is { } moved)
            yield return moved;
        if (Blocked(gone) is { } blocked)
            yield return blocked;
        if (Cascade(gone) is { } cascade)
            yield return cascade;
        var lost = gone.Owned.Where(o => !schema.Others.Any(n => string.Equals(n.Name, o.Name, StringComparison.Ordinal))).ToList();
        if (lost.Count > 0)
            yield return Hazard(
                gone,
                "rebuild-loses-objects",
                LintHarm.Always,
                $"The rebuild of {gone.Name} loses {string.Join(", ", lost.Select(o => $"the {o.Type.ToLowerInvariant()} {o.Name}"))}.",
                [new LintStep("At the end of the script", string.Join('\n', lost.Select(o => o.Sql + ";")))]
            );
        foreach (var hazard in Content(gone, after))
            yield return hazard;
    }

    private IEnumerable<LintHazard> Content(GoneTable gone, KnownTable after)
    {
        var made = state.Made.Values.FirstOrDefault(m => ReferenceEquals(m.Table, after)).Statement ?? gone.Statement;
        if (gone.Table.IsAutoincrement && after.IsAutoincrement && !state.NamesSequence)
            yield return Hazard(
                gone,
                "autoincrement-lost",
                LintHarm.Always,
                $"The rebuild of {gone.Name} forgets the highest number it has given; numbers of deleted rows may be given again.",
                SqliteSteps.Sequence(gone.Name, after)
            );
        if (after.IsFromQuery)
            yield return Hazard(
                gone,
                "create-as",
                LintHarm.Always,
                $"CREATE TABLE AS gives {gone.Name} no keys, no defaults and no checks.",
                SqliteRewrites.InPlace($"{gone.Table.Sql ?? "CREATE TABLE ... (...)"};\nINSERT INTO ... (...) SELECT ... FROM ...;")
            ) with
            {
                Statement = made,
            };
        if (
            gone.Table.Text is { } before
            && after.Text is { } now
            && (now.Strict && !before.Strict || now.WithoutRowid && !before.WithoutRowid)
        )
            yield return Hazard(
                gone,
                "copy-strict",
                LintHarm.WithRows,
                $"{gone.Name} becomes {(now.Strict && !before.Strict ? "STRICT" : "WITHOUT ROWID")}, which refuses values that the old one "
                    + "kept.",
                SqliteSteps.StrictValues(gone.Name, now)
            ) with
            {
                Statement = made,
            };
        if (RowidUser(gone) is { } user && gone.Table.Text is { } text && !SqliteSteps.HasRowidColumn(text))
            yield return Hazard(
                gone,
                "rowid-changes",
                LintHarm.WithRows,
                $"The rebuild gives the rows of {gone.Name} new rowids, and {user} finds them by the old ones.",
                [new LintStep("At the end of the script", $"INSERT INTO {user} ({user}) VALUES ('rebuild');")]
            );
    }

    // A full-text index of the table's content.
    private string? RowidUser(GoneTable gone) =>
        schema
            .Tables.FirstOrDefault(t =>
                t.Sql?.Contains("VIRTUAL", StringComparison.OrdinalIgnoreCase) == true
                && SqliteTokenCursor
                    .Read(t.Sql)
                    .Zip(SqliteTokenCursor.Read(t.Sql).Skip(2))
                    .Any(p => p.First.Is("content") && SqliteNames.Comparer.Equals(p.Second.Name, gone.Name))
            )
            ?.Name;

    private LintHazard? Moved(GoneTable gone) =>
        gone.NewName is null || state.UsesLegacyRename || (gone.Children.Count == 0 && gone.Users.Count == 0)
            ? null
            : Hazard(
                gone,
                "rename-old-away",
                LintHarm.Always,
                $"Renaming {gone.Name} away takes what refers to it along: {string.Join(", ", gone.Referrers)}.",
                [
                    new LintStep(
                        "In this order",
                        $"CREATE TABLE {gone.Name}_new (...);\nINSERT INTO {gone.Name}_new (...) SELECT ... FROM {gone.Name};\n"
                            + $"DROP TABLE {gone.Name};\nALTER TABLE {gone.Name}_new RENAME TO {gone.Name};"
                    ),
                ]
            );

    // The new table is renamed to a name that a view or a trigger uses, while no table has it.
    private LintHazard? Blocked(GoneTable gone)
    {
        var users = gone.Users.Where(u => schema.Others.Contains(u)).ToList();
        var isRenamed = !state.Made.ContainsKey(gone.Name);
        return gone.NewName is not null || users.Count == 0 || state.UsesLegacyRename || !isRenamed
            ? null
            : Hazard(
                gone,
                "rebuild-blocked",
                LintHarm.Always,
                $"The last RENAME fails, because {string.Join(", ", users.Select(u => $"the {u.Type.ToLowerInvariant()} {u.Name}"))} "
                    + $"names {gone.Name}, which is not there then.",
                [
                    new LintStep("Before DROP TABLE", string.Join('\n', users.Select(u => $"DROP {u.Type} {u.Name};"))),
                    new LintStep("At the end of the script", string.Join('\n', users.Select(u => u.Sql + ";"))),
                ]
            );
    }

    private LintHazard? Cascade(GoneTable gone) =>
        state.Script.Header.ForeignKeys != true || gone.NewName is not null || gone.Children.Count == 0
            ? null
            : Hazard(
                gone,
                "keys-on-drop",
                LintHarm.WithRows,
                $"With 'Foreign-Keys: on', DROP TABLE deletes the rows of {gone.Name} one by one, and with them what refers to them in "
                    + $"{string.Join(", ", gone.Children.Select(c => c.Name))}.",
                [new LintStep("In the header", "-- Foreign-Keys: off")]
            );

    private IEnumerable<LintHazard> Copies()
    {
        foreach (var (statement, into, copy) in state.Copies)
        {
            if (!state.Made.TryGetValue(into, out var made) || made.Table.Text is not { } to)
                continue;
            var source = state.Gone.Find(g => copy.Reads(g.Name) || (g.NewName is { } name && copy.Reads(name)));
            if (source is null)
                continue;
            var named = copy.Values?.Columns;
            if (
                named is not null
                && to.Columns.Find(c => c.Generated is not null && named.Contains(c.Name, SqliteNames.Comparer)) is { } computed
            )
                yield return new LintHazard(
                    "copy-generated",
                    statement,
                    $"{SqliteNames.Show(computed.Name)} is computed, and SQLite refuses to insert it."
                );
            if (named is null && copy.TakesAllColumns && !IsSameOrder(source.Table.Text, to))
                yield return new LintHazard(
                    "copy-by-position",
                    statement,
                    $"Copies the rows of {source.Name} by position: a value goes where its column stands, whatever its name."
                )
                {
                    Table = source.Table.Origin,
                    Harm = LintHarm.WithRows,
                    Rewrite = SqliteSteps.NamedCopy(source, into, to),
                };
        }
    }

    private static bool IsSameOrder(SqliteTableText? from, SqliteTableText to) =>
        from is not null && from.Columns.Select(c => c.Name).SequenceEqual(to.Columns.Select(c => c.Name), SqliteNames.Comparer);

    private IEnumerable<LintHazard> CopyTriggers() =>
        from trigger in state.Triggers
        from copy in state.Copies
        where
            copy.Statement.Index > trigger.Statement.Index
            && state.Gone.Exists(g => copy.Copy.Reads(g.Name) || (g.NewName is { } name && copy.Copy.Reads(name)))
            && state.Made.TryGetValue(copy.Into, out var made)
            && string.Equals(trigger.Trigger.Table, copy.Into, StringComparison.Ordinal)
            && trigger.Trigger.Tokens.TakeWhile(t => !t.Is("ON")).Any(t => t.Is("INSERT"))
        select new LintHazard(
            "trigger-fires-in-copy",
            trigger.Statement,
            $"The trigger {trigger.Trigger.Name} fires for every row that line {copy.Statement.Location.Line} copies."
        )
        {
            Rewrite = [new LintStep("After the copy", trigger.Statement.Text + ";")],
        };
}
