namespace Migrations.Fixtures.Makers.Tools;

/// <summary>Alembic (<see href="https://alembic.sqlalchemy.org/"/>), as Debian has it.</summary>
public sealed class Alembic : OtherTool
{
    private static readonly string[] Revisions = ["a1b2c3d4e5f6", "b2c3d4e5f6a7", "c3d4e5f6a7b8"];

    public override string Name => "alembic";

    public override bool IsCode => true;

    public override IReadOnlyList<string> Changing => [];

    public override void Require() =>
        Assert.SkipUnless(File.Exists("/usr/bin/alembic"), "Alembic is not installed: apt-get install alembic python3-psycopg2.");

    public override Task ApplyAsync(TestDatabase database, TemporaryFolder folder, int count)
    {
        var address =
            database is SqliteTestDatabase
                ? "sqlite:///" + database.Address
                : database.Address.Replace("postgres://", "postgresql+psycopg2://", StringComparison.Ordinal);
        folder.Write("alembic.ini", "[alembic]\nscript_location = theirs\n");
        folder.Write(
            "theirs/env.py",
            $"""
            from alembic import context
            from sqlalchemy import create_engine
            with create_engine("{address}").connect() as connection:
                context.configure(connection=connection)
                with context.begin_transaction():
                    context.run_migrations()
            """
        );
        for (var index = 0; index < count; index++)
            folder.Write($"theirs/versions/{Revisions[index]}_{Shop.Migrations[index].Name}.py", Revision(index));
        return new OtherProgram("/usr/bin/alembic", folder.Path).RunAsync("upgrade", "head");
    }

    private static string Revision(int index) =>
        $"from alembic import op\nrevision = '{Revisions[index]}'\n"
        + $"down_revision = {(index == 0 ? "None" : $"'{Revisions[index - 1]}'")}\ndef upgrade():\n"
        + string.Concat(Shop.Migrations[index].Statements.Select(s => $"    op.execute(\"{s}\")\n"));
}
