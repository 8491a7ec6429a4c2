namespace Migrations.Foreign;

/// <summary>EF Core (<see href="https://learn.microsoft.com/ef/core/managing-schemas/migrations/"/>): ids of classes.</summary>
internal sealed class EfCoreTool : NamedRowsTool
{
    public override string Name => "efcore";

    public override string Title => "EF Core";

    public override IReadOnlyList<ForeignShape> Shapes { get; } = [new("__efmigrationshistory", "migrationid productversion")];

    public override bool IsCode => true;

    // On PostgreSQL it locks its history's table, for which reading it waits.
    public override LockTable LockTable { get; } =
        new("__efmigrationslock", "delete the row of that table, for which every other start waits too") { Details = ["timestamp"] };

    protected override string NameColumn => "MigrationId";

    protected override string? TimeColumn => null;
}
