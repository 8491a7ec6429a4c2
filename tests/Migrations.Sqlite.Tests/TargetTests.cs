namespace Migrations.Sqlite.Tests;

public sealed class TargetTests
{
    private static readonly SqliteDriver Driver = new();

    [Theory]
    [InlineData("app.db", "/base/app.db")]
    [InlineData("data/app.db", "/base/data/app.db")]
    [InlineData("/abs/my app.db", "/abs/my app.db")]
    [InlineData("../up.db", "/up.db")]
    [InlineData("sqlite:app.db", "/base/app.db")]
    [InlineData("SQLite:/abs/app.db", "/abs/app.db")]
    [InlineData("sqlite://app.db", "/base/app.db")]
    [InlineData("sqlite:///abs/app.db", "/abs/app.db")]
    [InlineData("sqlite:////abs/app.db", "/abs/app.db")]
    [InlineData("sqlite:///abs/my%20app.db", "/abs/my app.db")]
    [InlineData("file:///abs/app.db", "/abs/app.db")]
    [InlineData("file:app.db", "/base/app.db")]
    [InlineData("file://localhost/abs/app.db", "/abs/app.db")]
    [InlineData("Data Source=app.db", "/base/app.db")]
    [InlineData("Mode=ReadWrite;DataSource=/abs/a;Foreign Keys=False", "/abs/a")]
    [InlineData("Filename=\"/abs/a;b.db\"", "/abs/a;b.db")]
    [InlineData(@"C:\data\app.db", @"C:\data\app.db")]
    [InlineData(@"C:/data/app.db", @"C:/data/app.db")]
    [InlineData(@"\\server\share\app.db", @"\\server\share\app.db")]
    [InlineData(@"sqlite:///C:/data/app.db", @"C:/data/app.db")]
    [InlineData("größe.db", "/base/größe.db")]
    [InlineData("a=b.db", "/base/a=b.db")]
    [InlineData(":memory:", ":memory:")]
    [InlineData("sqlite::memory:", ":memory:")]
    [InlineData("Data Source=:memory:", ":memory:")]
    public void Known_forms_name_a_file(string text, string path)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The expected paths are those of Unix.");
        Assert.Equal(path, Driver.Parse(text, "/base")!.Display);
    }

    [Theory]
    [InlineData("postgres://host/db")]
    [InlineData("postgresql://host/db")]
    [InlineData("Host=localhost;Database=x")]
    [InlineData("Server=localhost;User Id=x")]
    public void What_is_meant_for_another_engine_is_left_to_it(string text) => Assert.Null(Driver.Parse(text, "/base"));

    [Theory]
    [InlineData("mysql://u:sEcret1@host/db")]
    [InlineData("Data Source=app.db;Password=sEcret1")]
    [InlineData("Data Source=app.db;Bogus=sEcret1")]
    [InlineData("sqlite://app.db?key=sEcret1")]
    [InlineData("sqlite:")]
    [InlineData("")]
    public void Other_forms_are_refused_without_being_repeated(string text)
    {
        var error = Assert.Throws<MigrationException>(() => Driver.Parse(text, "/base"));

        Assert.Equal(ErrorId.TargetInvalid, error.Id);
        Assert.DoesNotContain("sEcret1", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("sqlite:data/app.db", error.NextStep.ToString(), StringComparison.Ordinal);
    }
}
