using Migrations.Databases;
using Migrations.Integrity;
using Migrations.Schema;

namespace Migrations.Generating;

/// <summary>Runs migrations on a scratch database and finds out what takes each of some back: the difference backwards.</summary>
/// <param name="copy">The scratch database.</param>
/// <param name="changes">How changes are written.</param>
internal sealed class UndoProbe(RehearsalCopy copy, IChangeWriter changes)
{
    private const int MostKeys = 1_000;

    /// <summary>Runs one, and looks at what it did.</summary>
    /// <exception cref="MigrationException">It failed.</exception>
    public async Task<UndoFinding> LookAsync(Migration migration, CancellationToken cancellationToken)
    {
        var before = await SchemaAsync(cancellationToken).ConfigureAwait(false);
        var data = DataStatements.Read(copy.Dialect, migration.Up, before);
        var held = await KeysAsync(before, data.Filled, cancellationToken).ConfigureAwait(false);
        _ = await copy.RunAsync(migration, MigrationDirection.Up, cancellationToken).ConfigureAwait(false);
        var found = new UndoFinding(migration) { Reasons = [.. Hidden(migration), .. data.Irreversible] };
        if (found.Reasons.Count > 0)
            return found;
        var after = await SchemaAsync(cancellationToken).ConfigureAwait(false);
        var renames = new RenameReader(copy.Dialect).Read(migration.Up, before, after);
        var back = renames.Reverse().Select(r => r.Back).ToList();
        await RunAsync("renames back", back, cancellationToken).ConfigureAwait(false);
        var kept = await KeysAsync(before, data.Filled, cancellationToken).ConfigureAwait(false);
        var from = renames.Count == 0 ? after : await SchemaAsync(cancellationToken).ConfigureAwait(false);
        await RunAsync("renames again", renames, cancellationToken).ConfigureAwait(false);
        var down = changes.Write(from, before, converts: true);
        return found with
        {
            Up = changes.Write(before, from, converts: true),
            Reasons = down.Undecided,
            Down = down with { Statements = [.. back.Select(r => r.Sql), .. Deletes(before, data.Filled, held, kept), .. down.Statements] },
        };
    }

    /// <summary>Why the statements of an undo may not be put into a file.</summary>
    private static IEnumerable<string> Hidden(Migration migration)
    {
        if (migration.IsCode)
            yield return "It is code, so what it does to rows is not known.";
        else if (migration.Up is { HasReference: true, Filled: not null } or { Substituted: not null })
            yield return "Its script takes variables, whose values would stand in the undo.";
    }

    private async Task RunAsync(string name, IReadOnlyList<SchemaRename> renames, CancellationToken cancellationToken)
    {
        if (renames.Count > 0)
            _ = await copy.RunAsync(
                    GeneratedScript.Migration(name, string.Concat(renames.Select(r => r.Sql + ";\n"))),
                    MigrationDirection.Up,
                    cancellationToken
                )
                .ConfigureAwait(false);
    }

    private async Task<SchemaSnapshot> SchemaAsync(CancellationToken cancellationToken) =>
        await (await copy.SessionAsync(cancellationToken).ConfigureAwait(false))
            .Inspector.ReadSchemaAsync(cancellationToken)
            .ConfigureAwait(false);

    /// <summary>The keys of tables, as literals.</summary>
    private async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> KeysAsync(
        SchemaSnapshot schema,
        IReadOnlyList<SchemaObject> tables,
        CancellationToken cancellationToken
    )
    {
        var found = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (tables.Count == 0)
            return found;
        var session = await copy.SessionAsync(cancellationToken).ConfigureAwait(false);
        foreach (var table in tables)
        {
            var query = new Query
            {
                Sql = changes.KeyQuery(table.Name, DataStatements.KeyOf(schema, table)),
                Location = new ScriptLocation("keys", 1),
                KeptRows = MostKeys,
            };
            var answer = await session.Inspector.AskAsync(query, cancellationToken).ConfigureAwait(false);
            if (answer.Error is { } error)
                throw error;
            found[table.Name] = answer.RowCount > MostKeys ? [] : [.. answer.Rows.Select(r => string.Join(", ", r))];
        }

        return found;
    }

    private static IEnumerable<string> Deletes(
        SchemaSnapshot schema,
        IReadOnlyList<SchemaObject> tables,
        IReadOnlyDictionary<string, IReadOnlyList<string>> before,
        IReadOnlyDictionary<string, IReadOnlyList<string>> after
    )
    {
        foreach (var table in tables.Reverse())
        {
            var come = after[table.Name].Except(before[table.Name], StringComparer.Ordinal).ToList();
            var key = DataStatements.KeyOf(schema, table);
            if (come.Count == 0)
                continue;
            yield return key.Count == 1
                ? $"DELETE FROM {table.Name} WHERE {key[0]} IN ({string.Join(", ", come)})"
                : $"DELETE FROM {table.Name}\nWHERE ({string.Join(", ", key)}) IN (VALUES {string.Join(", ", come.Select(c => $"({c})"))})";
        }
    }
}
