using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Finds what would go with tables that a script recreates: its definitions are run on the schema alone, in memory, and what is left is
/// compared. The questions of a plan come in its order, so each script is run once.
/// </summary>
/// <param name="handle">The connection.</param>
internal sealed class ObjectForecast(SqliteHandle handle) : IDisposable
{
    private readonly List<MigrationScript> _followed = [];
    private SqliteHandle? _copy;
    private long? _version;
    private bool _hasFailed;

    /// <summary>How many scripts have been run on the schema so far.</summary>
    public int ScriptsRun { get; private set; }

    /// <summary>Finds it; nothing where the script cannot be followed so far.</summary>
    /// <param name="question">The script, and those before it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public IReadOnlyList<LostObject> Read(LossForecastRequest question, CancellationToken cancellationToken)
    {
        var image = SchemaImage.Read(handle, KeylessSchema.Schema, isKeyless: true);
        var facts = ScriptFacts.Read(question.Script, image);
        if (!facts.Remade.Any())
            return [];
        if (!Follow(question.Before, cancellationToken))
            return [];
        var before = ObjectImage.Read(_copy!, KeylessSchema.Schema, facts.Remade);
        if (!Follow([.. question.Before, question.Script], cancellationToken))
            return [];
        var after = ObjectImage.Read(_copy!, KeylessSchema.Schema, facts.Remade);
        return LostObjects.Find(
            facts,
            before,
            after,
            question.Direction == MigrationDirection.Up,
            question.Script.Header.ObjectsLostAllowed
        );
    }

    /// <summary>Lets go of the schema.</summary>
    public void Dispose() => _copy?.Dispose();

    /// <summary>Brings the schema to where it is behind some scripts.</summary>
    /// <returns>Whether it could: what one of them builds on may not be there yet, or may be attached. The run itself will see.</returns>
    private bool Follow(IReadOnlyList<MigrationScript> scripts, CancellationToken cancellationToken)
    {
        try
        {
            if (
                _copy is null
                || _version != Version()
                || !scripts.Take(_followed.Count).SequenceEqual(_followed, ReferenceEqualityComparer.Instance)
            )
                Begin();
            foreach (var script in scripts.Skip(_followed.Count).TakeWhile(_ => !_hasFailed).ToList())
                Run(script, cancellationToken);
        }
        catch (SqliteFailure)
        {
            _hasFailed = true;
        }

        return !_hasFailed;
    }

    private long? Version() => handle.QueryInt64("PRAGMA main.schema_version");

    private void Begin()
    {
        _copy?.Dispose();
        _copy = SqliteHandle.Open(handle.Api, ":memory:", SqliteHandle.OpenReadWrite | SqliteHandle.OpenCreate);
        (_version, _hasFailed) = (Version(), false);
        _followed.Clear();
        foreach (var item in SqliteSchemaItem.Read(handle).Where(i => i is { IsInternal: false, Sql: not null }))
            _copy.Execute(item.Sql!);
    }

    private void Run(MigrationScript script, CancellationToken cancellationToken)
    {
        ScriptsRun++;
        // Of a script that does not come to its end, no one knows how far it came.
        _hasFailed = true;
        foreach (var statement in SqliteDialect.Instance.Split(script))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Defines(StatementHead.Read(statement.Text), statement.Text))
                _copy!.Execute(statement.Text);
        }

        _hasFailed = false;
        _followed.Add(script);
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
