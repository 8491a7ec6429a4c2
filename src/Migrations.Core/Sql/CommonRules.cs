namespace Migrations.Sql;

/// <summary>The rules that are the same for all engines, but for the page of their documentation.</summary>
public static class CommonRules
{
    /// <summary>The script cannot run as it is.</summary>
    public static LintRule CannotRun(string link) =>
        new(
            "cannot-run",
            "The script is refused before it runs: a statement that needs no transaction stands among others, a transaction "
                + "of the script's "
                + "own cannot be kept together with the history, or something in it does not end.",
            "Never.",
            "As the message says: move the statement into a migration of its own, or take BEGIN and COMMIT out.",
            link
        );

    /// <summary>A table goes.</summary>
    public static LintRule DropTable(string link) =>
        new(
            "drop-table",
            "Programs that run now fail at once when they use the table, and its rows are gone.",
            "The same run makes the table.",
            "Rename it now, which can be taken back; drop it in a later migration, when nothing has missed it.",
            link
        );

    /// <summary>A column goes.</summary>
    public static LintRule DropColumn(string link) =>
        new(
            "drop-column",
            "Programs that run now fail at once when they name the column, and its values are gone.",
            "The same run makes the table or the column.",
            "Let programs leave the column out first; drop it in a later migration, when none uses it.",
            link
        );

    /// <summary>A table gets another name.</summary>
    public static LintRule RenameTable(string link) =>
        new(
            "rename-table",
            "Programs that run now ask for the old name and fail, and the new ones fail until the migration has run.",
            "The same run makes the table.",
            "Leave a view under the old name, and drop it in a later migration.",
            link
        );

    /// <summary>A column gets another name.</summary>
    public static LintRule RenameColumn(string link) =>
        new(
            "rename-column",
            "Programs that run now ask for the old name and fail, and the new ones fail until the migration has run.",
            "The same run makes the table or the column.",
            "Add a column of the new name, write both, fill the new one, and drop the old one in a later migration.",
            link
        );

    /// <summary>All rows are deleted.</summary>
    public static LintRule DeleteAllRows(string link) =>
        new(
            "delete-all-rows",
            "A DELETE without WHERE, or a TRUNCATE, takes all rows; mostly a condition was forgotten.",
            "The same run makes the table, or it has no rows.",
            "Add the condition; where all rows are meant, keep them in another table first, and say so with '-- allow:'.",
            link
        );

    /// <summary>All rows are overwritten.</summary>
    public static LintRule UpdateAllRows(string link) =>
        new(
            "update-all-rows",
            "An UPDATE without WHERE overwrites a value in every row, and what was there is lost.",
            "The same run makes the table or the column, or the table has no rows.",
            "Add the condition; where all rows are meant, keep the old values first, and say so with '-- allow:'.",
            link
        );

    /// <summary>A column that old rows have no value for.</summary>
    public static LintRule AddColumnNotNull(string link) =>
        new(
            "add-column-not-null",
            "Rows that are there have no value for the new column, so the database refuses the statement. On an empty copy "
                + "it goes through.",
            "The same run makes the table, or it has no rows.",
            "Add the column with a default, or without NOT NULL; fill it, and set NOT NULL afterwards.",
            link
        );

    /// <summary>Rows are changed while the schema is locked.</summary>
    public static LintRule DataAndSchema(string link, string why) =>
        new(
            "data-and-schema",
            why,
            "The same run makes the table whose rows change, or it is small; or the rows change before the schema does.",
            "Put the change of rows into a migration of its own.",
            link
        );

    /// <summary>There is no way back.</summary>
    public static LintRule NoDown(string link) =>
        new(
            "no-down",
            "Other migrations of the folder can be rolled back, and this one cannot: an undo stops at it.",
            "Less than four of five of the other migrations have a down script, or the header says 'Irreversible: yes'.",
            "Write the down script; where there is no way back, say so: '-- Irreversible: yes'.",
            link
        );

    /// <summary>The way back takes more than the way there brought.</summary>
    public static LintRule DestructiveDown(string link) =>
        new(
            "destructive-down",
            "The down script drops or empties what its up script has not made, so an undo loses rows that were there before.",
            "The up script makes what the down script takes away, or the header of the down script says 'Row-Loss: allowed'.",
            "Take away only what the up script has made.",
            link
        );

    /// <summary>A comment that allows nothing.</summary>
    public static LintRule AllowInvalid(string link) =>
        new(
            "allow-invalid",
            "The comment allows nothing, because it names no rule or gives no reason.",
            "Never.",
            "Write the id of the rule and the reason: '-- allow: drop-column nothing has read it since May'.",
            link
        );
}
