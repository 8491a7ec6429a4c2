using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>Alembic (<see href="https://alembic.sqlalchemy.org/"/>): the newest revision of each branch, of programs.</summary>
internal sealed class AlembicTool : ForeignTool
{
    public override string Name => "alembic";

    public override string Title => "Alembic";

    public override IReadOnlyList<ForeignShape> Shapes { get; } = [new("alembic_version", "version_num") { IsWhole = true }];

    public override bool IsCode => true;

    public override ForeignReading Read(IReadOnlyList<ForeignRow> rows) =>
        new([.. rows.Select(r => r["version_num"]).OfType<string>().Select(v => new ForeignEntry { Text = "revision " + v, Name = v })]);
}
