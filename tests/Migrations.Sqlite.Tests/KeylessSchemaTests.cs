namespace Migrations.Sqlite.Tests;

/// <summary>Within one session the guard remembers that there were no foreign keys, and must notice when there are.</summary>
public sealed class KeylessSchemaTests : IDisposable
{
    private const string Family =
        "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p(id)); INSERT INTO p VALUES (1); "
        + "INSERT INTO c VALUES (1);";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_later_script_that_makes_foreign_keys_is_noticed()
    {
        await using var session = await _folder.OpenReadyAsync();
        await session.RunAsync(_folder.Step("CREATE TABLE a (x); CREATE TABLE b (x);"), default);
        await session.RunAsync(_folder.Step("DROP TABLE a;"), default);
        await session.RunAsync(_folder.Step("DROP TABLE b;"), default);
        await session.RunAsync(_folder.Step(Family), default);

        var error = await Assert.ThrowsAsync<StatementException>(() => session.RunAsync(_folder.Step("DROP TABLE p;"), default));

        Assert.Equal(ErrorId.ForeignKeyViolated, error.Id);
    }

    [Fact]
    public async Task A_schema_version_that_a_rollback_gave_back_stands_for_nothing()
    {
        await using var session = await _folder.OpenReadyAsync();
        await session.RunAsync(_folder.Step("CREATE TABLE a (x); INSERT INTO a VALUES (1);"), default);
        // Without foreign keys, but refused: rows are gone. As many changes of the schema as the next script makes.
        var refused = await Assert.ThrowsAsync<StatementException>(() =>
            session.RunAsync(_folder.Step("DROP TABLE a; CREATE TABLE a (x);"), default)
        );
        await session.RunAsync(_folder.Step(Family), default);

        var error = await Assert.ThrowsAsync<StatementException>(() => session.RunAsync(_folder.Step("DROP TABLE p;"), default));

        Assert.Equal((ErrorId.RowsLost, ErrorId.ForeignKeyViolated), (refused.Id, error.Id));
    }

    [Fact]
    public async Task A_script_that_drops_a_table_and_makes_a_foreign_key_is_checked()
    {
        await using var session = await _folder.OpenReadyAsync();
        await session.RunAsync(_folder.Step("CREATE TABLE a (x PRIMARY KEY); CREATE TABLE b (x); CREATE TABLE gone (x);"), default);
        await session.RunAsync(_folder.Step("DROP TABLE b;"), default);

        var error = await Assert.ThrowsAsync<StatementException>(() =>
            session.RunAsync(_folder.Step("DROP TABLE gone; CREATE TABLE b (x references a(x)); INSERT INTO b VALUES (99);"), default)
        );

        Assert.Equal(ErrorId.ForeignKeyViolated, error.Id);
    }
}
