using System.Globalization;
using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>The rules for SQLite.</summary>
internal sealed class SqliteRules : ILintRules
{
    // Counted no further: a table of more rows is not small.
    private const int MostCounted = 10_001;
    private const string Site = "https://sqlite.org/";
    private const string Alter = Site + "lang_altertable.html";
    private const string AddColumn = Alter + "#altertabaddcol";
    private const string DropColumn = Alter + "#altertabdropcol";
    private const string Rebuild = Alter + "#otheralter";
    private const string MadeOrEmpty = "The same run makes the table, or it has no rows.";

    private static readonly LintRule[] All =
    [
        CommonRules.CannotRun(Site + "lang_transaction.html"),
        CommonRules.AddColumnNotNull(AddColumn),
        new(
            "add-column-default",
            "A column whose default is CURRENT_TIMESTAMP or an expression can be added to an empty table only.",
            MadeOrEmpty,
            "Add it with a constant default, or without one, and fill it; or rebuild the table.",
            AddColumn
        ),
        new(
            "add-column-references",
            "While foreign keys are enforced, a column with REFERENCES and a default can be added to an empty table only; while they are "
                + "not, every row gets a key that may point to nothing.",
            MadeOrEmpty,
            "Add it without the default, and fill it.",
            AddColumn
        ),
        new(
            "add-column-stored",
            "A STORED generated column can be added to an empty table only.",
            MadeOrEmpty,
            "Add it as VIRTUAL, or rebuild the table.",
            AddColumn
        ),
        new(
            "add-column-check",
            "A new column is NULL in the rows that are there, and its CHECK refuses NULL: the statement fails when there is a row.",
            MadeOrEmpty,
            "Give it a default that the CHECK takes.",
            AddColumn
        ),
        new(
            "alter-unsupported",
            "SQLite adds no UNIQUE, PRIMARY KEY or FOREIGN KEY to a table and changes no type or default, and does one thing in one ALTER "
                + "TABLE.",
            "Never.",
            "Rebuild the table; for UNIQUE, a unique index does.",
            Alter
        ),
        new(
            "set-not-null",
            "SET NOT NULL fails when a row has a NULL, and does not say which one.",
            MadeOrEmpty + " The column is NOT NULL already.",
            "Look for such rows first, and fill them.",
            Alter
        ),
        new(
            "add-check",
            "A new CHECK fails when a row breaks it, and SQLite does not say which one.",
            MadeOrEmpty,
            "Look for such rows first, and put them right.",
            Alter
        ),
        new(
            "drop-column-refused",
            "SQLite drops no column that a key, an index, a CHECK, a generated column or a view uses.",
            "Never.",
            "Drop what uses it first, or rebuild the table.",
            DropColumn
        ),
        new(
            "drop-column-breaks-writes",
            "SQLite drops a column that a trigger only writes, or that a foreign key points to, and later writes fail.",
            "Never.",
            "Drop the trigger or the foreign key first.",
            DropColumn
        ),
        CommonRules.DropColumn(DropColumn),
        CommonRules.RenameColumn(Alter + "#altertabmvcol"),
        CommonRules.DropTable(Site + "lang_droptable.html"),
        CommonRules.RenameTable(Alter + "#alter_table_rename"),
        new(
            "delete-triggers-silent",
            "DROP TABLE runs no DELETE trigger, so what such a trigger does for each row is left undone.",
            MadeOrEmpty + " The table has no DELETE trigger.",
            "Delete the rows before.",
            Site + "lang_droptable.html"
        ),
        new(
            "rename-old-away",
            "A rebuild that begins by renaming the old table takes foreign keys, views and triggers along to the old table.",
            "Nothing refers to the table, or 'PRAGMA legacy_alter_table = ON' stands before it.",
            "Create the new table under another name, copy, drop the old one, and rename the new one.",
            Rebuild
        ),
        new(
            "rebuild-blocked",
            "A view, or a trigger of another table, that names the table makes the last RENAME of a rebuild fail.",
            "The script drops it before, or 'PRAGMA legacy_alter_table = ON' stands before the RENAME.",
            "Drop it before DROP TABLE, and create it again at the end.",
            Rebuild
        ),
        new(
            "rebuild-loses-objects",
            "DROP TABLE drops the indexes and triggers of the table too, and a rebuild must create them again.",
            "The script creates them again.",
            "Create them again at the end of the script.",
            Rebuild
        ),
        new(
            "autoincrement-lost",
            "A rebuilt table knows only the numbers of the rows that were copied: numbers of rows that were deleted are given again.",
            "The script names sqlite_sequence.",
            "Copy the mark in sqlite_sequence too.",
            Site + "autoinc.html"
        ),
        new(
            "rowid-changes",
            "Without an INTEGER PRIMARY KEY, copied rows get new rowids, and a full-text index of the table's content finds others.",
            MadeOrEmpty,
            "Rebuild the full-text index in the same script.",
            Site + "fts5.html#external_content_tables"
        ),
        new(
            "create-as",
            "CREATE TABLE AS takes names and values only: keys, defaults, checks and types are lost.",
            "The table was not there before the script.",
            "Write the definition, and copy with INSERT.",
            Site + "lang_createtable.html#create_table_as_select_statements"
        ),
        new(
            "copy-by-position",
            "INSERT INTO ... SELECT * puts values where their columns stand; when the order differs, they land in the wrong columns.",
            MadeOrEmpty + " Both tables have the same columns in the same order.",
            "Name the columns on both sides.",
            Site + "lang_insert.html"
        ),
        new(
            "copy-generated",
            "SQLite refuses to insert into a generated column.",
            "Never.",
            "Leave it out of the list.",
            Site + "gencol.html"
        ),
        new(
            "copy-strict",
            "A STRICT table refuses values of another type, and a WITHOUT ROWID one NULL in its key: the copy fails on them.",
            MadeOrEmpty,
            "Look for such values first, and convert them in the copy.",
            Site + "stricttables.html"
        ),
        new(
            "trigger-fires-in-copy",
            "An INSERT trigger that is created before the copy fires for each copied row.",
            "The trigger is created after the copy.",
            "Create it after the copy.",
            Site + "lang_createtrigger.html"
        ),
        new(
            "keys-on-drop",
            "While foreign keys are enforced, DROP TABLE deletes the rows first, and what refers to them by CASCADE; PRAGMA "
                + "defer_foreign_keys does not stop that.",
            MadeOrEmpty
                + " The header does not say 'Foreign-Keys: on': a run then switches enforcement off, and looks at all keys at the end.",
            "Leave 'Foreign-Keys: on' out.",
            Site + "foreignkeys.html#fk_schemacommands"
        ),
        new(
            "keys-pragma-in-transaction",
            "PRAGMA foreign_keys does nothing inside a transaction.",
            "The script runs in one transaction: what it asks for is done before that begins.",
            "Put it before BEGIN.",
            Site + "pragma.html#pragma_foreign_keys"
        ),
        new(
            "double-quoted-text",
            "A text in double quotes is a name; SQLite takes it for a text only where it is built to, and then fails in "
                + "RENAME, DROP COLUMN "
                + "and VACUUM.",
            "Never.",
            "Write it in single quotes.",
            Site + "quirks.html#dblquote"
        ),
        new(
            "writable-schema",
            "With PRAGMA writable_schema a slip in a text makes the database unreadable.",
            "Never.",
            "Use ALTER TABLE, or rebuild the table.",
            Site + "pragma.html#pragma_writable_schema"
        ),
        CommonRules.DataAndSchema(Site + "lockingv3.html", "The transaction keeps all other writers waiting for as long as the rows take."),
        CommonRules.UpdateAllRows(Site + "lang_update.html"),
        CommonRules.DeleteAllRows(Site + "lang_delete.html"),
        CommonRules.NoDown(Site + "lang_altertable.html"),
        CommonRules.DestructiveDown(Site + "lang_droptable.html"),
        CommonRules.AllowInvalid(Site + "lang_comment.html"),
    ];

    private SqliteRules() { }

    /// <summary>The one instance.</summary>
    public static SqliteRules Instance { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<LintRule> Rules => All;

    /// <inheritdoc/>
    public ILintReader Open(LintFacts facts) => new SqliteLintReader(facts);

    /// <inheritdoc/>
    public async Task<LintFacts> AskAsync(IReadOnlyCollection<string> tables, Func<string, Task<IReadOnlyList<IReadOnlyList<string?>>>> ask)
    {
        // In the order in which they were made: a table before what belongs to it.
        var items = await ask("SELECT type, name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid").ConfigureAwait(false);
        var there = items.Where(i => i[0] is "table").Select(i => i[1]!).ToHashSet(SqliteNames.Comparer);
        var counted = tables.Where(t => there.Contains(Plain(t))).ToList();
        var rows = counted.Count == 0 ? [] : await ask(string.Join(" UNION ALL ", counted.Select(Count))).ConfigureAwait(false);
        return new LintFacts
        {
            Definitions = [.. items.Select(i => i[2]!)],
            Tables = rows.ToDictionary(
                r => r[0]!,
                r => new LintTable(r[0]!) { Rows = long.Parse(r[1]!, CultureInfo.InvariantCulture) },
                StringComparer.Ordinal
            ),
        };
    }

    private static string Plain(string table) => SqliteNames.Unquote(table);

    private static string Count(string table) =>
        $"SELECT {SqliteNormalForm.Literal(table)}, "
        + $"(SELECT count(*) FROM (SELECT 1 FROM main.{SqliteNames.Quote(Plain(table))} LIMIT {MostCounted}))";
}
