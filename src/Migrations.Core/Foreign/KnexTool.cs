namespace Migrations.Foreign;

/// <summary>Knex (<see href="https://knexjs.org/guide/migrations.html"/>): names of programs.</summary>
internal sealed class KnexTool : NamedRowsTool
{
    public override string Name => "knex";

    public override string Title => "Knex";

    public override IReadOnlyList<ForeignShape> Shapes { get; } = [new("knex_migrations", "id name batch migration_time")];

    public override bool IsCode => true;

    public override LockTable LockTable { get; } =
        new("knex_migrations_lock", "release its lock with 'knex migrate:unlock'") { Column = "is_locked" };

    protected override string TimeColumn => "migration_time";
}
