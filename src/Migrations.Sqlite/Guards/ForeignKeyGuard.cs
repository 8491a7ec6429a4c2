using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Checks, before a script is committed that ran without enforced foreign keys or that takes tables away, whether it left rows without
/// their parent, broke a foreign key, or lost rows, triggers or keys, in the database or in one that the script has attached. SQLite itself
/// would not say a word: with enforcement DROP TABLE cascades into the children, and without it nothing is checked (<see
/// href="https://sqlite.org/lang_altertable.html#otheralter"/>).
/// </summary>
internal sealed class ForeignKeyGuard
{
    private readonly List<SchemaGuard> _schemas = [];

    private ForeignKeyGuard(SqliteHandle handle, KeylessSchema keyless, StepExecution step)
    {
        var names = new List<string>();
        using (var databases = handle.Prepare("SELECT name FROM pragma_database_list WHERE name <> 'temp'"))
        {
            while (databases.Step())
                names.Add(databases.Text(0)!);
        }

        foreach (var name in names)
            _schemas.Add(
                new SchemaGuard(handle, step, name, string.Equals(name, KeylessSchema.Schema, StringComparison.Ordinal) ? keyless : null)
            );
    }

    /// <summary>Remembers what is there before the script runs. Called in its transaction.</summary>
    public static ForeignKeyGuard Begin(SqliteHandle handle, KeylessSchema keyless, StepExecution step) => new(handle, keyless, step);

    /// <summary>What went with tables that the script recreates; known once it was checked.</summary>
    public IReadOnlyList<LostObject> Lost => [.. _schemas.SelectMany(s => s.Lost)];

    /// <summary>Checks what the script did.</summary>
    /// <exception cref="StatementException">It broke or lost something.</exception>
    public void Check()
    {
        foreach (var schema in _schemas)
            schema.Check();
    }
}
