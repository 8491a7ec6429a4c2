using Migrations.Databases;

namespace Migrations.Sqlite;

/// <summary>What the guard says.</summary>
internal static class GuardErrors
{
    private const string RolledBack = " The script was rolled back; no row is gone.";

    public static StatementException Violated(StepExecution step, Violations found, Violations? before)
    {
        var added = found.Count - (before?.Count ?? 0);
        var row = found.FindNew(before) is { } id ? $", for example the row with rowid {id}" : "";
        return Make(
            step, ErrorId.ForeignKeyViolated,
            $"The script leaves {Rows(added)} of '{found.Key.Child}' without a parent in '{found.Key.Parent}' (foreign key {found.Key}){row}.",
            $"Delete or change the rows of '{found.Key.Child}' in the script too, or keep their parents in '{found.Key.Parent}'; where deleting must cascade, write '-- Foreign-Keys: on' into the header.");
    }

    public static StatementException Broken(StepExecution step, ForeignKey key, string reason, ScriptFacts facts, SchemaImage before)
    {
        var old = before.ForeignKeys.Find(k => string.Equals(k.ChildKey, key.ChildKey, StringComparison.Ordinal));
        if (old is not null && !SqliteNames.Comparer.Equals(old.Parent, key.Parent))
        {
            return Make(
                step, ErrorId.ForeignKeyBroken,
                $"The foreign key of '{key.Child}' ({string.Join(", ", key.ChildColumns)}), which pointed to '{old.Parent}', now points to '{key.Parent}', and {reason}: renaming a table takes the keys that point to it along.",
                $"Create the new table under another name, copy the rows, drop '{old.Parent}', and rename the new table to '{old.Parent}'.");
        }

        var why = facts.IsMadeFromQuery(key.Parent)
            ? $" 'CREATE TABLE ... AS SELECT' made '{key.Parent}' again without its keys."
            : "";
        return Make(
            step, ErrorId.ForeignKeyBroken,
            $"The foreign key {key} is broken by the script: {reason}.{why}",
            facts.IsMadeFromQuery(key.Parent)
                ? $"Write the new table's columns out (CREATE TABLE new_{key.Parent} ({KeyColumns(key)} PRIMARY KEY, ...)), copy the rows with INSERT ... SELECT, drop '{key.Parent}' and rename the new table."
                : $"Keep '{key.Parent}' and its key, or remake '{key.Child}' without the foreign key first.");
    }

    public static StatementException Lost(StepExecution step, ForeignKey key) => Make(
        step, ErrorId.ForeignKeyBroken,
        $"The script made '{key.Child}' again by 'CREATE TABLE ... AS SELECT', which loses its foreign key {key}.",
        $"Write the new table's columns and keys out (CREATE TABLE new_{key.Child} (..., FOREIGN KEY ({string.Join(", ", key.ChildColumns)}) REFERENCES {key.Parent})), and copy the rows with INSERT ... SELECT.");

    public static StatementException RowsLost(StepExecution step, string table, long before, long after, string? parent) => Make(
        step, ErrorId.RowsLost,
        parent is null
            ? $"The script made '{table}' again with {Rows(after)}; it had {Rows(before)}."
            : $"'{table}' has {Rows(after)} after the script and had {Rows(before)}: {before - after} went with '{parent}', which the script drops or renames.",
        "Correct the script, or write '-- Row-Loss: allowed' into its header when the loss is meant.");

    public static StatementException ReferencesLost(StepExecution step, string table, long before, long after, string? parent) => Make(
        step, ErrorId.RowsLost,
        $"{before - after} of {before} references of '{table}' to '{parent ?? table}' were emptied when the script dropped it.",
        "Remove '-- Foreign-Keys: on' from the header, or write '-- Row-Loss: allowed' when the loss is meant.");

    private static StatementException Make(StepExecution step, ErrorId id, string message, string nextStep)
    {
        var location = new ScriptLocation(step.Script.File, step.Script.FirstLine);
        return new StatementException(id, $"{location}: {message}{RolledBack}", nextStep) { Location = location };
    }

    private static string KeyColumns(ForeignKey key) => key.ParentColumns.Count == 0 ? "id" : string.Join(", ", key.ParentColumns);

    private static string Rows(long count) => count == 1 ? "1 row" : $"{count} rows";
}
