using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Finds what would go with tables that a script recreates: its definitions are run on the schema alone, in memory, and what is left is
/// compared.
/// </summary>
internal static class ObjectForecast
{
    /// <summary>Finds it; nothing where the script cannot be followed so far.</summary>
    /// <param name="handle">The connection.</param>
    /// <param name="question">The script, and those before it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static IReadOnlyList<LostObject> Read(SqliteHandle handle, LossForecastRequest question, CancellationToken cancellationToken)
    {
        var image = SchemaImage.Read(handle, KeylessSchema.Schema, isKeyless: true);
        var facts = ScriptFacts.Read(question.Script, image);
        if (!facts.Remade.Any())
            return [];
        using var copy = SqliteHandle.Open(handle.Api, ":memory:", SqliteHandle.OpenReadWrite | SqliteHandle.OpenCreate);
        try
        {
            foreach (var item in SqliteSchemaItem.Read(handle).Where(i => i is { IsInternal: false, Sql: not null }))
                copy.Execute(item.Sql!);
            foreach (var script in question.Before)
                Define(copy, script, cancellationToken);
            var before = ObjectImage.Read(copy, KeylessSchema.Schema, facts.Remade);
            Define(copy, question.Script, cancellationToken);
            var after = ObjectImage.Read(copy, KeylessSchema.Schema, facts.Remade);
            return LostObjects.Find(
                facts,
                before,
                after,
                question.Direction == MigrationDirection.Up,
                question.Script.Header.ObjectsLostAllowed
            );
        }
        catch (SqliteFailure)
        {
            // What it builds on is not there yet, or is attached: the run itself will see.
            return [];
        }
    }

    private static void Define(SqliteHandle copy, MigrationScript script, CancellationToken cancellationToken)
    {
        foreach (var statement in SqliteDialect.Instance.Split(script))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Defines(StatementHead.Read(statement.Text), statement.Text))
                copy.Execute(statement.Text);
        }
    }

    private static bool Defines(StatementHead head, string text) =>
        head.Kind switch
        {
            StatementKind.Create
            or StatementKind.Drop
            or StatementKind.RenameTable
            or StatementKind.RenameColumn
            or StatementKind.AddColumn
            or StatementKind.DropColumn => true,
            StatementKind.Pragma => head.Name is "legacy_alter_table",
            StatementKind.Other => text.StartsWith("ALTER", StringComparison.OrdinalIgnoreCase),
            _ => false,
        };
}
