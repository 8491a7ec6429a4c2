using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Writes a database as SQL that the sqlite3 shell and D1 read too. The same content gives the same text. A full-text table is written as
/// the statement that makes it and its rows, where these say all of it (<see cref="PortableTable"/>). What modules keep of any other
/// virtual table is written as the tables that they keep it in, and the virtual table itself as the entry that says so: nothing is
/// recomputed, and the module need not be there.
/// </summary>
internal sealed class SqliteDumpWriter
{
    /// <summary>What the text begins with.</summary>
    public const string Mark = "-- SQLite database dump by Migrations";

    private readonly SqliteHandle _handle;
    private readonly SqlTextWriter _text;
    private readonly WorkProgress _progress;
    private readonly CancellationToken _cancellation;
    private readonly List<SqliteSchemaItem> _items;
    private readonly HashSet<SqliteSchemaItem> _early = [];
    private readonly List<PortableTable> _portable;
    private readonly Func<string, bool> _isExcluded;

    private SqliteDumpWriter(
        SqliteHandle handle,
        SqlTextWriter text,
        BackupJob job,
        WorkProgress progress,
        CancellationToken cancellationToken
    )
    {
        (_handle, _text, _progress, _cancellation) = (handle, text, progress, cancellationToken);
        var items = SqliteSchemaItem
            .Read(handle)
            .Where(i => i.Sql is not null && !i.IsSystem)
            .OrderBy(i => i.Name, StringComparer.Ordinal)
            .ToList();
        var shadows = items.Where(i => job.IsExcluded(i.Table)).SelectMany(i => i.ShadowNames).ToHashSet(SqliteNames.Comparer);
        _isExcluded = table => job.IsExcluded(table) || shadows.Contains(table);
        items.RemoveAll(i => _isExcluded(i.Table));
        _portable = [.. items.Select(i => PortableTable.Find(handle, i, items)).OfType<PortableTable>()];
        var written = _portable.SelectMany(p => p.Table.ShadowNames.Append(p.Table.Name)).ToHashSet(SqliteNames.Comparer);
        _items = items.FindAll(i => !written.Contains(i.Table) || i.Type is not ("table" or "index"));
    }

    /// <summary>Writes it into an empty file.</summary>
    /// <param name="handle">The source, with a read transaction open.</param>
    /// <param name="job">The file, and what is left out.</param>
    /// <param name="progress">Receives how many bytes are written.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static void Write(SqliteHandle handle, BackupJob job, WorkProgress progress, CancellationToken cancellationToken)
    {
        using var text = new SqlTextWriter(job.Path, handle.QueryText("PRAGMA encoding"));
        new SqliteDumpWriter(handle, text, job, progress, cancellationToken).Write();
    }

    private void Write()
    {
        Line(Mark);
        foreach (var pragma in SqliteFileSettings.Read(_handle))
            Statement(pragma);
        Statement("PRAGMA foreign_keys=OFF");
        Statement("BEGIN TRANSACTION");
        WriteTables(_items.FindAll(i => i.IsPlainTable));
        foreach (var table in _portable)
            Write(table);
        WriteVirtualTables();
        WriteSequences();
        foreach (
            var item in _items
                .Where(i => i.Type is not "table" && !_early.Contains(i))
                .OrderBy(i =>
                    i.Type is "index" ? 0
                    : i.Type is "view" ? 1
                    : 2
                )
        )
            Statement(item.Sql!);
        WriteStatistics();
        foreach (var pragma in SqliteFileSettings.ReadNumbers(_handle))
            Statement(pragma);
        Statement("COMMIT");
    }

    /// <summary>
    /// Writes tables, and then their rows: D1 enforces foreign keys whatever a script sets, and allows only to put the check off to the end
    /// (<see href="https://developers.cloudflare.com/d1/sql-api/foreign-keys/"/>). The tables that rows refer to must be there even so,
    /// with the keys by which they are referred to.
    /// </summary>
    private void WriteTables(List<SqliteSchemaItem> tables)
    {
        var parents = tables.SelectMany(Parents).ToHashSet(SqliteNames.Comparer);
        if (parents.Count > 0)
            Statement("PRAGMA defer_foreign_keys=ON");
        foreach (var table in tables)
            Statement(table.Sql!);
        _early.UnionWith(_items.Where(i => i.Type is "index" && parents.Contains(i.Table) && IsUnique(i)));
        foreach (var index in _early)
            Statement(index.Sql!);
        foreach (var table in tables)
            WriteRows(table);
    }

    private IEnumerable<string> Parents(SqliteSchemaItem table)
    {
        using var keys = _handle.Prepare($"PRAGMA main.foreign_key_list({SqliteNames.Quote(table.Name)})");
        while (keys.Step())
            yield return keys.Text(2)!;
    }

    private bool IsUnique(SqliteSchemaItem index) =>
        _handle.QueryInt64(
            $"SELECT \"unique\" FROM pragma_index_list({SqliteNormalForm.Literal(index.Table)}) WHERE name = "
                + $"{SqliteNormalForm.Literal(index.Name)}"
        )
            is 1;

    private void WriteRows(SqliteSchemaItem table)
    {
        var shape = SqliteTableShape.Read(_handle, table);
        var list = shape.HasComputed || shape.RowidName is not null ? $" ({shape.List})" : "";
        WriteRows(
            $"SELECT {shape.List} FROM main.{shape.Quoted}{(shape.Order.Length == 0 ? "" : " ORDER BY " + shape.Order)}",
            $"INSERT INTO {SqliteNames.Show(table.Name)}{list} VALUES ("
        );
    }

    private void Write(PortableTable table)
    {
        Statement(table.Table.Sql!);
        if (table.Rebuild is { } rebuild)
            Statement(rebuild);
        else
            WriteRows(table.Query, table.Insert);
    }

    private void WriteRows(string query, string insert, Func<string, bool>? isLeftOut = null)
    {
        using var rows = _handle.Prepare(query);
        var (columns, start) = (rows.Columns, System.Text.Encoding.UTF8.GetBytes(insert));
        while (rows.Step())
        {
            if (isLeftOut?.Invoke(rows.Text(0) ?? "") == true)
                continue;
            _text.Write(start);
            for (var i = 0; i < columns; i++)
            {
                if (i > 0)
                    _text.Write(","u8);
                _text.WriteValue(rows, i);
            }

            _text.Write(");\n"u8);
            _cancellation.ThrowIfCancellationRequested();
            _progress.Report(_text.Written, total: null);
        }
    }

    private void WriteVirtualTables()
    {
        var tables = _items.Where(i => i.Module is not null).ToList();
        if (tables.Count == 0)
            return;
        Statement("PRAGMA writable_schema=ON");
        foreach (var table in tables)
        {
            var name = SqliteNormalForm.Literal(table.Name);
            Statement(
                "INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql) VALUES "
                    + $"('table',{name},{name},0,{SqliteNormalForm.Literal(table.Sql!)})"
            );
        }

        Statement("PRAGMA writable_schema=OFF");
    }

    private void WriteSequences()
    {
        if (
            _handle.QueryInt64("SELECT 1 FROM main.sqlite_master WHERE name = 'sqlite_sequence'") is null
            || _handle.QueryInt64("SELECT count(*) FROM main.sqlite_sequence") is 0
        )
            return;
        Statement("DELETE FROM sqlite_sequence");
        WriteRows("SELECT name, seq FROM main.sqlite_sequence ORDER BY name", "INSERT INTO sqlite_sequence VALUES (", _isExcluded);
    }

    private void WriteStatistics()
    {
        if (_handle.QueryInt64("SELECT 1 FROM main.sqlite_master WHERE name = 'sqlite_stat1'") is null)
            return;
        Statement("ANALYZE sqlite_master");
        WriteRows("SELECT tbl, idx, stat FROM main.sqlite_stat1 ORDER BY tbl, idx", "INSERT INTO sqlite_stat1 VALUES (", _isExcluded);
    }

    private void Statement(string sql) => Line(sql + ";");

    private void Line(string text)
    {
        _text.Write(text);
        _text.Write("\n"u8);
    }
}
