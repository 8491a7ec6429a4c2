using Migrations.Backup;
using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Copies what can still be read of a damaged database into a new one, table by table, and says what is lost.</summary>
internal sealed class SqliteSalvage
{
    private const int ConfigureWritableSchema = 1011;

    private readonly SqliteHandle _source;
    private readonly SqliteHandle _destination;
    private readonly CancellationToken _cancellation;
    private readonly List<SqliteSchemaItem> _items;
    private readonly Dictionary<string, SalvagedTable> _saved = new(SqliteNames.Comparer);

    private SqliteSalvage(SqliteHandle source, SqliteHandle destination, CancellationToken cancellationToken)
    {
        (_source, _destination, _cancellation) = (source, destination, cancellationToken);
        _items = [.. SqliteSchemaItem.ReadWhatCanBeRead(source).Where(i => i.Sql is not null && !i.IsSystem)];
    }

    /// <summary>Salvages.</summary>
    /// <param name="source">The damaged database.</param>
    /// <param name="destination">The new file; not there yet.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<IReadOnlyList<SalvagedTable>> RunAsync(
        DatabaseTarget source,
        string destination,
        CancellationToken cancellationToken
    )
    {
        DatabasePlace.Check(source, SessionAccess.Read);
        try
        {
            using var handle = Open(SqliteTarget.PathOf(source));
            return await SqliteCalls
                .Call(handle, source, () => Run(handle, source, destination, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (SqliteFailure e)
        {
            throw SqliteErrors.Translate(e, source);
        }
    }

    // With a schema that may be written, SQLite passes over definitions that it cannot read. A log with content is part of the database.
    private static SqliteHandle Open(string path)
    {
        var log = new FileInfo(path + "-wal");
        var handle =
            log.Exists && log.Length > 0
                ? SqliteHandle.Open(SqliteLibrary.Current.Api, path, SqliteHandle.OpenReadWrite)
                : SqliteHandle.Open(SqliteLibrary.Current.Api, SqliteOpening.AddressOf(path) + "?immutable=1", SqliteHandle.OpenReadOnly);
        handle.Api.Configure(handle.Pointer, ConfigureWritableSchema, on: true);
        return handle;
    }

    private static IReadOnlyList<SalvagedTable> Run(
        SqliteHandle source,
        DatabaseTarget target,
        string destination,
        CancellationToken cancellationToken
    )
    {
        Create(destination, target);
        try
        {
            SqliteSalvage salvage;
            using (var file = SqliteHandle.Open(source.Api, destination, SqliteHandle.OpenReadWrite))
            {
                file.Watch.Token = cancellationToken;
                salvage = new SqliteSalvage(source, file, cancellationToken);
                salvage.Run();
            }

            DiskFlush.Flush(destination);
            // Another connection sees the virtual tables that were written into the schema.
            using var saved = SqliteHandle.Open(source.Api, destination, SqliteHandle.OpenReadOnly);
            return salvage.Report(saved);
        }
        catch
        {
            File.Delete(destination);
            throw;
        }
    }

    private static void Create(string destination, DatabaseTarget target)
    {
        try
        {
            SqliteFileCopy.CreateFile(destination);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.DiskFailed,
                $"What is saved of '{target.Display}' cannot be written to '{destination}': {e.Message}",
                "Name a file that is not there yet, in a folder that you may write.",
                e
            );
        }
    }

    private void Run()
    {
        _destination.Execute("PRAGMA synchronous=0");
        _destination.Execute("PRAGMA foreign_keys=0");
        foreach (var pragma in SqliteFileSettings.Read(_source))
            _destination.Execute(pragma);
        _destination.Execute("BEGIN");
        foreach (var table in _items.Where(i => i.IsPlainTable))
            Save(table);
        SaveSequences();
        foreach (var item in _items.Where(i => i.Type is not "table").OrderBy(i => i.Type is "trigger"))
            Make(item);
        MakeVirtualTables();
        foreach (var pragma in SqliteFileSettings.ReadNumbers(_source))
            _destination.Execute(pragma);
        _destination.Execute("COMMIT");
    }

    private List<SalvagedTable> Report(SqliteHandle saved) =>
        [
            .. _items
                .Where(i => !i.IsShadow)
                .Select(i => Report(saved, i))
                .OfType<SalvagedTable>()
                .OrderBy(t => t.Table, StringComparer.Ordinal),
        ];

    private void Save(SqliteSchemaItem table)
    {
        _cancellation.ThrowIfCancellationRequested();
        SalvageReader? reader = null;
        try
        {
            _destination.Execute(table.Sql!);
            reader = new SalvageReader(_source, _destination, SqliteTableShape.Read(_destination, table));
            reader.Copy(_cancellation);
            _saved[table.Name] = new SalvagedTable(SqliteNames.Show(table.Name), reader.Rows, reader.Lost);
        }
        catch (SqliteFailure e) when (e.IsDamage)
        {
            _saved[table.Name] = new SalvagedTable(
                SqliteNames.Show(table.Name),
                reader?.Rows ?? 0,
                $"the table could not be read: {e.Message} [{e.CodeText}]."
            );
        }
    }

    private void SaveSequences()
    {
        try
        {
            using var rows = _source.Prepare("SELECT name, seq FROM main.sqlite_sequence");
            using var update = _destination.Prepare("UPDATE sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1");
            using var insert = _destination.Prepare(
                "INSERT INTO sqlite_sequence SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)"
            );
            while (rows.Step())
            {
                SqliteRowCopy.Copy(rows, update, 2);
                SqliteRowCopy.Copy(rows, insert, 2);
            }
        }
        catch (SqliteFailure e) when (e.IsDamage)
        {
            // Not there, or damaged: the next number follows the highest that is saved.
        }
    }

    private void Make(SqliteSchemaItem item)
    {
        try
        {
            _destination.Execute(item.Sql!);
        }
        catch (SqliteFailure e) when (e.IsDamage)
        {
            Lose(item, $"the {item.Type} '{item.Name}' could not be recreated: {e.Message}.");
        }
    }

    private void Lose(SqliteSchemaItem item, string what)
    {
        var owner = item.Type is "view" ? item.Name : item.Table;
        var saved = _saved.GetValueOrDefault(owner) ?? new SalvagedTable(SqliteNames.Show(owner), 0, Lost: null);
        _saved[owner] = saved with { Lost = saved.Lost is null ? what : saved.Lost + " " + what };
    }

    // What a module keeps has been saved with the other tables.
    private void MakeVirtualTables()
    {
        _destination.Execute("PRAGMA writable_schema=ON");
        using var insert = _destination.Prepare(
            "INSERT INTO sqlite_master(type, name, tbl_name, rootpage, sql) VALUES ('table', ?1, ?1, 0, ?2)"
        );
        foreach (var table in _items.Where(i => i.Module is not null))
        {
            insert.Bind(1, table.Name);
            insert.Bind(2, table.Sql);
            insert.Run();
        }

        _destination.Execute("PRAGMA writable_schema=OFF");
    }

    private SalvagedTable? Report(SqliteHandle saved, SqliteSchemaItem item)
    {
        if (item.Module is null)
            return _saved.GetValueOrDefault(item.Name);
        var lost = string.Join(
            ' ',
            item.ShadowNames.Select(n => _saved.GetValueOrDefault(n))
                .Where(s => s?.Lost is not null)
                .Select(s => $"In {s!.Table}: {s.Lost}")
        );
        var rows = 0L;
        try
        {
            rows = saved.QueryInt64($"SELECT count(*) FROM main.{SqliteNames.Quote(item.Name)}") ?? 0;
        }
        catch (SqliteFailure e) when (e.IsDamage)
        {
            lost += $"It cannot be opened: {e.Message}.";
        }

        return new SalvagedTable(SqliteNames.Show(item.Name), rows, lost.Length == 0 ? null : lost);
    }
}
