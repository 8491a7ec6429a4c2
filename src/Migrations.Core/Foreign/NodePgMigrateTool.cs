using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>node-pg-migrate (<see href="https://salsita.github.io/node-pg-migrate/"/>): names of files without their extension.</summary>
internal sealed class NodePgMigrateTool : NamedRowsTool
{
    private const long Lock = 7241865325823964;

    public override string Name => "node-pg-migrate";

    public override IReadOnlyList<ForeignShape> Shapes { get; } = [new("pgmigrations", "id name run_on") { IsWhole = true }];

    public override bool IsCode => true;

    public override bool CanWrite => true;

    protected override string TimeColumn => "run_on";

    public override long? LockKey(ForeignTable table, string database) => Lock;
}
