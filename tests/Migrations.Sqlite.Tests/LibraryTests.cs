using Migrations.Databases;

namespace Migrations.Sqlite.Tests;

public sealed class LibraryTests
{
    [Fact]
    public void The_bundled_library_is_the_one_that_is_expected()
    {
        var bundled = SqliteLibrary.Choose("");

        Assert.Equal(3053004, bundled.Number);
        Assert.Equal("3.53.4 (bundled)", bundled.ToString());
    }

    [Fact]
    public void A_library_that_cannot_be_loaded_is_a_clear_error()
    {
        var error = Assert.Throws<MigrationException>(() => SqliteLibrary.Choose("/no/such/libsqlite3.so"));

        Assert.Equal(ErrorId.UsageInvalid, error.Id);
        Assert.Contains("'/no/such/libsqlite3.so'", error.Message, StringComparison.Ordinal);
        Assert.Contains(SqliteLibrary.OverrideVariable, error.NextStep.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_says_which_library_is_in_use()
    {
        var driver = new SqliteDriver();
        await using var session = await driver.OpenAsync(
            driver.Parse(":memory:", "/")!,
            new SessionOptions { Access = SessionAccess.Create },
            default
        );

        Assert.Equal(("SQLite", SqliteLibrary.Current.ToString()), (session.Info.Engine, session.Info.EngineVersion));
        Assert.Matches(@"^3\.\d+\.\d+ \(.+\)$", session.Info.EngineVersion);
    }

    [Theory]
    [InlineData(787, "SQLITE_CONSTRAINT_FOREIGNKEY")]
    [InlineData(1811, "SQLITE_CONSTRAINT_TRIGGER")]
    [InlineData(1, "SQLITE_ERROR")]
    [InlineData(516, "SQLITE_ABORT_ROLLBACK")]
    [InlineData(26, "SQLITE_NOTADB")]
    [InlineData(8714, "SQLITE_IOERR_IN_PAGE")]
    [InlineData(1544, "SQLITE_READONLY_DIRECTORY")]
    [InlineData(7178, "SQLITE_IOERR_AUTH")]
    [InlineData(99, "SQLITE_UNKNOWN")]
    public void Codes_have_the_names_of_the_manual(int code, string name) => Assert.Equal(name, Native.SqliteCodes.NameOf(code));
}
