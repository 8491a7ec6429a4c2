using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// The triggers as they are at a place of a script. They are read when the first statement is met that could fire one.
/// </summary>
/// <param name="handle">The connection.</param>
/// <param name="items">The schema before the plan.</param>
/// <param name="earlier">What the scripts before it have said about triggers.</param>
internal sealed class TriggerForecast(SqliteHandle handle, IReadOnlyList<SqliteSchemaItem> items, Func<IReadOnlyList<string>> earlier)
{
    private readonly List<string> _observed = [];
    private FiredTriggers? _fired;

    /// <summary>Whether a statement makes a trigger, drops one, or takes its table away from under it.</summary>
    public static bool Concerns(string statement) =>
        StatementHead.Read(statement)
            is { Kind: StatementKind.Create, What: "TRIGGER" }
                or { Kind: StatementKind.Drop, What: "TRIGGER" or "TABLE" or "VIEW" }
                or { Kind: StatementKind.RenameTable };

    /// <summary>Takes note of a statement of the script.</summary>
    public void Observe(string statement)
    {
        if (!Concerns(statement))
            return;
        if (_fired is null)
            _observed.Add(statement);
        else
            Apply(_fired, statement);
    }

    /// <summary>What they do.</summary>
    public FiredTriggers Fired => _fired ??= Read();

    private FiredTriggers Read()
    {
        var fired = new FiredTriggers();
        foreach (var trigger in items.Where(i => i is { Type: "trigger", Sql: not null }))
            Add(fired, trigger.Sql!);
        foreach (var statement in earlier().Concat(_observed))
            Apply(fired, statement);
        if (fired.IsEmpty)
            return fired;
        foreach (var key in ActingKeys.Read(handle))
        {
            var (parent, child) = (Plain(key.Parent), Plain(key.Child));
            if (key.OnDelete != KeyAction.None)
                fired.AddKey(
                    new RowWrite(parent, RowWriteKind.Delete),
                    new RowWrite(child, key.Cascades ? RowWriteKind.Delete : RowWriteKind.Update)
                );
            if (key.ActsOnUpdate)
                fired.AddKey(new RowWrite(parent, RowWriteKind.Update), new RowWrite(child, RowWriteKind.Update));
        }

        return fired;
    }

    private void Apply(FiredTriggers fired, string statement)
    {
        switch (StatementHead.Read(statement))
        {
            case { Kind: StatementKind.Create }:
                Add(fired, statement);
                break;
            case { Kind: StatementKind.Drop, What: "TRIGGER", Name: { } name }:
                fired.Remove(table: null, SqliteNames.Fold(name));
                break;
            case { Kind: StatementKind.Drop, Name: { } name }:
                fired.Remove(SqliteNames.Fold(name), name: null);
                break;
            case { Kind: StatementKind.RenameTable, Name: { } name, NewName: { } newName }:
                fired.Rename(SqliteNames.Fold(name), SqliteNames.Fold(newName));
                break;
        }
    }

    private void Add(FiredTriggers fired, string sql)
    {
        var reader = new TriggerReader(SqliteTokenCursor.Read(sql), KeyOf);
        if (reader.Read() is { } trigger)
            fired.Add(reader.Table, reader.On, trigger);
    }

    private string? KeyOf(string table)
    {
        var keys = UniqueKeys.Read(handle, table).Keys;
        return keys.Count > 0 && keys[0].Count == 1 ? SqliteNames.Unquote(keys[0][0]) : null;
    }

    private static string Plain(string name) => SqliteNames.Fold(SqliteNames.Unquote(name));
}
