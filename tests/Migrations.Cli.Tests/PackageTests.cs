namespace Migrations.Cli.Tests;

/// <summary>
/// The packages, as an application and a machine get them: packed into a folder, restored or installed from it, and used.
/// </summary>
public sealed class PackageTests(LocalPackages packages) : IClassFixture<LocalPackages>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("8.0.34")]
    [InlineData("9.0.23")]
    [InlineData("10.0.15")]
    public async Task An_application_with_EF_Core_and_the_oldest_Npgsql_migrates_both_databases(string efCore)
    {
        _folder.CopyFrom(Repository.PathOf("tests", "Migrations.Cli.Tests", "PackageSample"), ".");
        _folder.Write("nuget.config", packages.Configuration);
        _folder.Write("sqlite/001_items.sql", "CREATE TABLE Other (Id INTEGER);\nINSERT INTO Items VALUES (1), (2);\n");
        _folder.Write("postgresql/001_t.sql", "CREATE TABLE t (a int);\nCOPY t FROM STDIN;\n1\n2\n3\n\\.\n");
        _folder.Write("postgresql/002_u.sql", "CREATE TABLE u (a int);\nINSERT INTO u VALUES (1 / 0);\n");

        await packages.RunDotnetAsync(
            _folder.Path,
            ["build", "--nologo", "-v", "q", "-o", "out", "-p:EfCore=" + efCore, "-p:Npgsql=9.0.3", "-p:Migrations=" + packages.Version]
        );
        var output = await packages.RunDotnetAsync(_folder.Path, ["out/Sample.dll"]);
        Assert.Contains("SQLite 3.53.4, 1 library, EF Core reads 2 rows", output, StringComparison.Ordinal);

        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        output = await packages.RunDotnetAsync(_folder.Path, ["out/Sample.dll", database.ConnectionString]);
        Assert.Contains("Npgsql 9.0.3, 3 rows by COPY, failed: INSERT INTO u VALUES (1 / 0)", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_is_installed_as_a_tool()
    {
        _folder.Write("nuget.config", packages.Configuration);
        _folder.Write("migrations/001_a.sql", "CREATE TABLE a (x integer) STRICT;\n");
        await packages.RunDotnetAsync(
            _folder.Path,
            ["tool", "install", "Migrations.Cli", "--tool-path", "tools", "--version", packages.Version]
        );

        var program = _folder[OperatingSystem.IsWindows() ? "tools/migrations.exe" : "tools/migrations"];
        var output = await LocalPackages.RunAsync(program, _folder.Path, ["up", "--database", "app.db"]);

        Assert.Contains("001_a", output, StringComparison.Ordinal);
    }
}
