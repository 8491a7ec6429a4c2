using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>
/// golang-migrate (<see href="https://github.com/golang-migrate/migrate"/>): one row with the version that the database is at, and
/// whether the last change failed.
/// </summary>
internal sealed class GolangMigrateTool : ForeignTool
{
    private const uint Salt = 1486364155;

    public override string Name => "golang-migrate";

    public override IReadOnlyList<ForeignShape> Shapes { get; } = [new("schema_migrations", "version dirty") { IsWhole = true }];

    public override bool CanWrite => true;

    public override ForeignReading Read(IReadOnlyList<ForeignRow> rows)
    {
        var row = rows.FirstOrDefault(r => ForeignValue.Number(r["version"]) is null or >= 0);
        if (row is null)
            return new([]);
        return new([])
        {
            Head = row["version"],
            Problems = ForeignValue.IsTrue(row["dirty"])
                ?
                [
                    $"version {row["version"]} is recorded as dirty: its script failed, or was killed. See what of it is there, "
                        + "finish it or "
                        + "undo it, and set the version with 'migrate force'",
                ]
                : [],
        };
    }

    public override long? LockKey(ForeignTable table, string database) =>
        unchecked((uint)(Crc32.Of($"{table.Schema}\0{table.Name}\0{database}") * Salt));

    public override IReadOnlyList<string> Record(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        SetTo(table, highest);

    public override IReadOnlyList<string> Remove(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        SetTo(table, highest);

    private static IReadOnlyList<string> SetTo(WrittenTable table, MigrationVersion? version) =>
        [
            $"DELETE FROM {table}",
            .. version is not null
                ? new[] { ForeignSql.Insert(table, ("version", ForeignSql.Text(version.Key)), ("dirty", ForeignSql.Text("0"))) }
                : [],
        ];
}
