using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>
/// A tool whose table has a row for each migration, known by the name of its file, with or without the extension.
/// </summary>
internal abstract class NamedRowsTool : ForeignTool
{
    /// <summary>The column with the name.</summary>
    protected virtual string NameColumn => "name";

    /// <summary>The column that says in which order they were applied; where it says nothing, the name does.</summary>
    protected virtual string OrderColumn => "id";

    /// <summary>The column that says when; null without one.</summary>
    protected virtual string? TimeColumn => "applied_at";

    /// <summary>Whether the name is that of a file.</summary>
    protected virtual bool IsFile => false;

    /// <summary>The file's name as the tool records it, as an entry; null for a row that is no migration.</summary>
    protected virtual ForeignEntry? Entry(ForeignRow row) =>
        row[NameColumn] is not { Length: > 0 } name
            ? null
            : new ForeignEntry
            {
                Text = name,
                Name = IsFile ? null : name,
                File = IsFile ? name : null,
                AppliedAt = TimeColumn is null ? null : ForeignValue.Moment(row[TimeColumn]),
            };

    /// <summary>The name under which the tool records a migration.</summary>
    protected virtual string NameOf(WrittenTable table, Migration migration) =>
        IsFile ? Path.GetFileName(migration.Up.File) : migration.FullName;

    public sealed override ForeignReading Read(IReadOnlyList<ForeignRow> rows) =>
        new([
            .. rows.OrderBy(r => ForeignValue.Number(r[OrderColumn]) ?? long.MaxValue)
                .ThenBy(r => r[NameColumn], StringComparer.Ordinal)
                .Select(Entry)
                .OfType<ForeignEntry>(),
        ]);

    public override IReadOnlyList<string> Record(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        !CanWrite
            ? []
            :
            [
                ForeignSql.Delete(table, NameColumn, NameOf(table, migration)),
                ForeignSql.Insert(
                    table,
                    [
                        (NameColumn, ForeignSql.Text(NameOf(table, migration))),
                        .. TimeColumn is null ? [] : new[] { (TimeColumn, ForeignSql.Now) },
                    ]
                ),
            ];

    public override IReadOnlyList<string> Remove(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        CanWrite ? [ForeignSql.Delete(table, NameColumn, NameOf(table, migration))] : [];
}
