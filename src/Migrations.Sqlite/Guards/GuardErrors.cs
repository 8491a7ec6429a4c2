using Migrations.Databases;

namespace Migrations.Sqlite;

/// <summary>What the guard says.</summary>
/// <param name="step">The step.</param>
/// <param name="facts">What its script does to tables.</param>
internal sealed class GuardErrors(StepExecution step, ScriptFacts facts)
{
    private const string RolledBack = " The script was rolled back.";

    public StatementException Violated(Violations found, Violations? before)
    {
        var added = found.Count - (before?.Count ?? 0);
        var row = found.FindNew(before) is { } id ? $", for example the row with rowid {id}" : "";
        return Make(
            ErrorId.ForeignKeyViolated,
            [found.Key.Parent, found.Key.Child],
            $"The script leaves {Rows(added)} of '{found.Key.Child}' without a parent in '{found.Key.Parent}' (foreign key "
                + $"{found.Key}){row}.",
            $"Delete or change the rows of '{found.Key.Child}' in the script too, or keep their parents in '{found.Key.Parent}';"
                + " where deleting must cascade, write '-- Foreign-Keys: on' into the header."
        );
    }

    public StatementException Broken(ForeignKey key, string reason, SchemaImage before)
    {
        var old = before.ForeignKeys.Find(k => string.Equals(k.ChildKey, key.ChildKey, StringComparison.Ordinal));
        if (old is not null && !SqliteNames.Comparer.Equals(old.Parent, key.Parent))
        {
            return Make(
                ErrorId.ForeignKeyBroken,
                [old.Parent, key.Child],
                $"The foreign key of '{key.Child}' ({string.Join(", ", key.ChildColumns)}), which pointed to '{old.Parent}', now "
                    + $"points to '{key.Parent}', and {reason}:"
                    + " renaming a table takes the keys that point to it along.",
                $"Create the new table under another name, copy the rows, drop '{old.Parent}', and rename the new table to '{old.Parent}';"
                    + " or write 'PRAGMA legacy_alter_table=ON;' before the rename, which then leaves the keys where they are;"
                    + $" or, where a later migration recreates '{key.Child}', let this one leave the key open until then: '-- "
                    + "Foreign-Keys: open-until <its version>' in the header."
            );
        }

        var why = facts.IsMadeFromQuery(key.Parent) ? $" 'CREATE TABLE ... AS SELECT' recreated '{key.Parent}' without its keys." : "";
        return Make(
            ErrorId.ForeignKeyBroken,
            [key.Parent, key.Child],
            $"The foreign key {key} is broken by the script: {reason}.{why}",
            facts.IsMadeFromQuery(key.Parent)
                ? $"Write the new table's columns out (CREATE TABLE new_{key.Parent} ({KeyColumns(key)} PRIMARY KEY, ...)), copy "
                    + "the rows with INSERT ... SELECT,"
                    + $" drop '{key.Parent}' and rename the new table."
                : $"Keep '{key.Parent}' and its key, or recreate '{key.Child}' without the foreign key first;"
                    + " or, where a later migration closes the key, '-- Foreign-Keys: open-until <its version>' in the header."
        );
    }

    public StatementException Lost(ForeignKey key) =>
        Make(
            ErrorId.ForeignKeyBroken,
            [key.Child],
            $"The script recreated '{key.Child}' with 'CREATE TABLE ... AS SELECT', which loses its foreign key {key}.",
            $"Write the new table's columns and keys out (CREATE TABLE new_{key.Child} (..., FOREIGN KEY "
                + $"({string.Join(", ", key.ChildColumns)})"
                + $" REFERENCES {key.Parent})), and copy the rows with INSERT ... SELECT."
        );

    public StatementException RowsLost(string table, long before, long after, string? parent) =>
        Make(
            ErrorId.RowsLost,
            parent is null ? [table] : [parent, table],
            parent is null
                ? $"The script recreated '{table}' with {Rows(after)}; it had {Rows(before)}."
                : $"'{table}' has {Rows(after)} after the script and had {Rows(before)}: {before - after} went with '{parent}', "
                    + "which the script drops or renames.",
            "Correct the script, or write '-- Row-Loss: allowed' into its header when the loss is meant."
        );

    public StatementException ReferencesLost(string table, long before, long after, string? parent) =>
        Make(
            ErrorId.RowsLost,
            parent is null ? [table] : [parent, table],
            $"{before - after} of {before} references of '{table}' to '{parent ?? table}' were emptied when the script dropped it.",
            "Remove '-- Foreign-Keys: on' from the header, or write '-- Row-Loss: allowed' when the loss is meant."
        );

    public StatementException ObjectsLost(IReadOnlyList<LostObject> lost)
    {
        var triggers = lost.Where(l => l.Sql is not null).ToList();
        var table = SqliteNames.Unquote(lost[0].Table!);
        return Make(
            ErrorId.ObjectsLost,
            [table],
            $"The script recreates {string.Join(", ", lost.Select(l => $"'{l.Table}'").Distinct(StringComparer.Ordinal))} "
                + $"without {string.Join(", ", lost.Select(l => $"{l.Kind} {l.Name}"))}.",
            (
                triggers.Count == 0
                    ? $"Write the new table's columns and keys out (CREATE TABLE new_{table} (...)), and copy the rows with INSERT "
                        + "... SELECT."
                    : "Recreate at the end of the script what is meant to stay:\n"
                        + string.Join('\n', triggers.Select(l => l.Sql))
                        + "\nWhat is not: name it with DROP TRIGGER before the table is dropped."
            ) + " Or accept the loss with '-- Objects-Lost: allowed' in the header."
        );
    }

    // The place is the first statement that takes one of the tables away; where none does, the script's beginning.
    private StatementException Make(ErrorId id, IEnumerable<string> tables, string message, Advice nextStep)
    {
        var statement = tables.Select(facts.FindStatement).FirstOrDefault(s => s is not null);
        var location = statement?.Location ?? new ScriptLocation(step.Script.File, step.Script.FirstLine);
        return new StatementException(id, $"{location}: {message}{RolledBack}", nextStep)
        {
            Location = location,
            Statement = statement is null ? null : SqliteErrors.Cover(statement.Text),
        };
    }

    private static string KeyColumns(ForeignKey key) => key.ParentColumns.Count == 0 ? "id" : string.Join(", ", key.ParentColumns);

    private static string Rows(long count) => count == 1 ? "1 row" : $"{count} rows";
}
