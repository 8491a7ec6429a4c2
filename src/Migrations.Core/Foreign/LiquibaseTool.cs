using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>Liquibase (<see href="https://docs.liquibase.com/"/>): changesets, of which one file may hold many.</summary>
internal sealed class LiquibaseTool : ForeignTool
{
    public override string Name => "liquibase";

    public override string Title => "Liquibase";

    public override IReadOnlyList<ForeignShape> Shapes { get; } =
    [new("databasechangelog", "id author filename dateexecuted orderexecuted md5sum")];

    public override bool IsCode => true;

    public override LockTable LockTable { get; } =
        new("databasechangeloglock", "release its lock with 'liquibase release-locks'")
        {
            Column = "locked",
            Details = ["lockedby", "lockgranted"],
        };

    public override ForeignReading Read(IReadOnlyList<ForeignRow> rows) =>
        new([
            .. rows.OrderBy(r => ForeignValue.Number(r["orderexecuted"]) ?? 0)
                .Select(r => new ForeignEntry
                {
                    Text = $"{r["filename"]}::{r["id"]}::{r["author"]}",
                    AppliedAt = ForeignValue.Moment(r["dateexecuted"]),
                }),
        ]);
}
