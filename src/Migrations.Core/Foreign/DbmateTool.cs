using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>dbmate (<see href="https://github.com/amacneil/dbmate"/>): the digits that files begin with, and nothing else.</summary>
internal sealed class DbmateTool : ForeignTool
{
    public override string Name => "dbmate";

    public override IReadOnlyList<ForeignShape> Shapes { get; } = [new("schema_migrations", "version") { IsWhole = true }];

    public override bool CanWrite => true;

    public override ForeignReading Read(IReadOnlyList<ForeignRow> rows) =>
        new([
            .. rows.Select(r => r["version"])
                .OfType<string>()
                .Order(StringComparer.Ordinal)
                .Select(v => new ForeignEntry { Text = v, Version = v }),
        ]);

    public override IReadOnlyList<string> Record(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        migration.Version is not { } version
            ? []
            : [ForeignSql.Delete(table, "version", version.Text), ForeignSql.Insert(table, ("version", ForeignSql.Text(version.Text)))];

    public override IReadOnlyList<string> Remove(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        migration.Version is { } version ? [ForeignSql.Delete(table, "version", version.Text)] : [];
}
