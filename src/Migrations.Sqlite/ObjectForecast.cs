using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Finds what would go with tables that a script makes again: its definitions are run on the schema alone, in memory, and what is left is compared.</summary>
internal static class ObjectForecast
{
    /// <summary>Finds it; nothing where the script cannot be followed so far.</summary>
    /// <param name="handle">The connection.</param>
    /// <param name="script">The script.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static IReadOnlyList<LostObject> Read(SqliteHandle handle, MigrationScript script, CancellationToken cancellationToken)
    {
        var image = SchemaImage.Read(handle, KeylessSchema.Schema, isKeyless: true);
        var facts = ScriptFacts.Read(script, image);
        if (!facts.Remade.Any(n => image.Objects.Owners.ContainsKey(n)))
            return [];
        using var copy = SqliteHandle.Open(handle.Api, ":memory:", SqliteHandle.OpenReadWrite | SqliteHandle.OpenCreate);
        try
        {
            foreach (var item in SqliteSchemaItem.Read(handle).Where(i => i is { IsInternal: false, Sql: not null }))
                copy.Execute(item.Sql!);
            var before = ObjectImage.Read(copy, "main", facts.Remade);
            foreach (var statement in SqliteDialect.Instance.Split(script))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Defines(StatementHead.Read(statement.Text), statement.Text))
                    copy.Execute(statement.Text);
            }

            return LostObjects.Find(facts, before, ObjectImage.Read(copy, "main", facts.Remade), isUp: false, script.Header.ObjectsLostAllowed);
        }
        catch (SqliteFailure)
        {
            // What it builds on is not there yet, or is attached: the run itself will see.
            return [];
        }
    }

    private static bool Defines(StatementHead head, string text) => head.Kind switch
    {
        StatementKind.Create or StatementKind.Drop or StatementKind.RenameTable or StatementKind.RenameColumn or StatementKind.AddColumn or StatementKind.DropColumn => true,
        StatementKind.Pragma => head.Name is "legacy_alter_table",
        StatementKind.Other => text.StartsWith("ALTER", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };
}
