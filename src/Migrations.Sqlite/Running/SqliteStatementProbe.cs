using Migrations.Databases;
using Migrations.Sql;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Finds out whether a statement outside a transaction took effect.</summary>
internal static class SqliteStatementProbe
{
    /// <summary>Looks it up in the schema.</summary>
    public static StatementEvidence Find(SqliteHandle handle, ScriptStatement statement)
    {
        var head = StatementHead.Read(statement.Text);
        return head.Kind switch
        {
            // Running these again does no harm.
            StatementKind.Vacuum
            or StatementKind.Reindex
            or StatementKind.Analyze
            or StatementKind.Pragma
            or StatementKind.Attach
            or StatementKind.Detach => StatementEvidence.NotDone,
            _ when head.Name is null || !IsHere(head.Schema) => StatementEvidence.Unknown,
            StatementKind.Create => Of(HasObject(handle, head.Name)),
            StatementKind.Drop => Of(!HasObject(handle, head.Name)),
            StatementKind.RenameTable => Of(!HasObject(handle, head.Name)),
            StatementKind.AddColumn => Of(HasColumn(handle, head.Name, head.Column)),
            StatementKind.DropColumn or StatementKind.RenameColumn => Of(!HasColumn(handle, head.Name, head.Column)),
            _ => StatementEvidence.Unknown,
        };
    }

    // A database that the script had attached is not attached now.
    private static bool IsHere(string? schema) => schema is null || schema.ToUpperInvariant() is "MAIN" or "TEMP";

    private static StatementEvidence Of(bool isDone) => isDone ? StatementEvidence.Done : StatementEvidence.NotDone;

    private static bool HasObject(SqliteHandle handle, string name) =>
        handle.QueryInt64(
            "SELECT 1 FROM (SELECT name FROM main.sqlite_master UNION ALL SELECT name FROM temp.sqlite_master) WHERE name = "
                + "?1 COLLATE NOCASE",
            name
        )
            is not null;

    private static bool HasColumn(SqliteHandle handle, string table, string? column)
    {
        using var columns = handle.Prepare($"PRAGMA table_info({SqliteNames.Quote(table)})");
        while (columns.Step())
        {
            if (SqliteNames.Comparer.Equals(columns.Text(1), column))
                return true;
        }

        return false;
    }
}
