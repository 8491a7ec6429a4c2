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

    public override ForeignReading Read(IReadOnlyList<ForeignRow> rows)
    {
        var ordered = rows.OrderBy(r => ForeignValue.Number(r["orderexecuted"]) ?? 0).ToLookup(r => r["exectype"] is "FAILED");
        return new([
            .. ordered[false].Select(r => new ForeignEntry { Text = NameOf(r), AppliedAt = ForeignValue.Moment(r["dateexecuted"]) }),
        ])
        {
            // Where a changeset need not succeed (failOnError="false").
            Problems =
            [
                .. ordered[true]
                    .Select(r => $"{NameOf(r)} is recorded as failed: see what of it is there, finish it or undo it, and delete its row"),
            ],
        };
    }

    private static string NameOf(ForeignRow row) => $"{row["filename"]}::{row["id"]}::{row["author"]}";
}
