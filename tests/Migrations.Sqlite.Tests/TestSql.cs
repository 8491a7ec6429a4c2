using System.Text;
using Migrations.Schema;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite.Tests;

/// <summary>Runs SQL past sessions, on connections of its own.</summary>
internal static class TestSql
{
    /// <summary>Opens a file for writing, made when it is not there.</summary>
    public static SqliteHandle Open(string path)
    {
        var handle = SqliteHandle.Open(SqliteLibrary.Current.Api, path, SqliteHandle.OpenReadWrite | SqliteHandle.OpenCreate);
        // As in the sqlite3 shell.
        ConnectionSettings.Set(handle, keepsLog: false);
        handle.Execute("PRAGMA foreign_keys=0");
        return handle;
    }

    /// <summary>Runs a script.</summary>
    public static void Run(string path, string sql)
    {
        using var handle = Open(path);
        handle.Run(sql);
    }

    /// <summary>Runs a script.</summary>
    public static void Run(this SqliteHandle handle, string sql)
    {
        foreach (var statement in SqliteDialect.Instance.Split(Script(sql)))
            handle.Execute(statement.Text);
    }

    /// <summary>A script of no file.</summary>
    public static MigrationScript Script(string sql) =>
        new()
        {
            File = "test.sql",
            Offset = 0,
            Length = sql.Length,
            Checksum = "",
            IsEmpty = false,
            Header = MigrationHeader.Empty,
            Substituted = sql,
        };

    /// <summary>The first value of the first row as text.</summary>
    public static string? Ask(string path, string sql)
    {
        using var handle = Open(path);
        return handle.QueryText(sql);
    }

    /// <summary>The schema that a script makes in an empty database.</summary>
    public static SchemaSnapshot SchemaOf(string sql)
    {
        using var handle = Open(SqliteTarget.Memory);
        handle.Run(sql);
        return SqliteSchemaReader.Read(handle, "migration_journal");
    }

    /// <summary>A snapshot as text, to compare and to look at.</summary>
    public static string Show(SchemaSnapshot schema)
    {
        var text = new StringBuilder();
        foreach (var item in schema.Objects)
            text.Append($"{item.Type} {item.Name} [{item.Table}]: {item.Definition}\n");
        return text.ToString();
    }
}
