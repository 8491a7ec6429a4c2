namespace Migrations.Foreign;

/// <summary>A runner of one's own with a table <c>_migrations(id, name, applied_at)</c>.</summary>
internal sealed class MigrationsTableTool : NamedRowsTool
{
    public override string Name => "_migrations";

    public override string Title => "a runner with a table _migrations";

    public override IReadOnlyList<ForeignShape> Shapes { get; } = [new("_migrations", "id name applied_at") { IsWhole = true }];

    public override bool CanWrite => true;
}
