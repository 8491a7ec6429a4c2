namespace Migrations.Foreign;

/// <summary>EF Core (<see href="https://learn.microsoft.com/ef/core/managing-schemas/migrations/"/>): ids of classes.</summary>
internal sealed class EfCoreTool : NamedRowsTool
{
    public override string Name => "efcore";

    public override string Title => "EF Core";

    public override IReadOnlyList<ForeignShape> Shapes { get; } = [new("__efmigrationshistory", "migrationid productversion")];

    public override bool IsCode => true;

    protected override string NameColumn => "MigrationId";

    protected override string? TimeColumn => null;
}
