using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>
/// A runner of one's own that compares the files' numbers with the highest in a table <c>schema_version(version, applied_at)</c>.
/// </summary>
internal sealed class SchemaVersionTool : ForeignTool
{
    public override string Name => "schema_version";

    public override string Title => "a runner with a table schema_version";

    public override IReadOnlyList<ForeignShape> Shapes { get; } = [new("schema_version", "version applied_at") { IsWhole = true }];

    public override bool CanWrite => true;

    // Such a runner applies what is above the highest number: a number below it that is not there counts as applied all the same.
    public override ForeignReading Read(IReadOnlyList<ForeignRow> rows)
    {
        var versions = rows.Select(r => (Row: r, Version: MigrationVersion.TryParse(r["version"], out var v) ? v : null))
            .Where(r => r.Version?.Key is not (null or "0"))
            .OrderBy(r => r.Version)
            .ToList();
        return new([
            .. versions.Select(r => new ForeignEntry
            {
                Text = r.Version!.Text,
                Version = r.Version.Text,
                AppliedAt = ForeignValue.Moment(r.Row["applied_at"]),
            }),
        ])
        {
            Head = versions.Count == 0 ? null : versions[^1].Version!.Text,
        };
    }

    public override IReadOnlyList<string> Record(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        migration.Version is not { } version
            ? []
            :
            [
                ForeignSql.Delete(table, "version", version.Key),
                ForeignSql.Insert(table, ("version", ForeignSql.Text(version.Key)), ("applied_at", ForeignSql.Now)),
            ];

    public override IReadOnlyList<string> Remove(WrittenTable table, Migration migration, MigrationVersion? highest) =>
        migration.Version is { } version ? [ForeignSql.Delete(table, "version", version.Key)] : [];
}
