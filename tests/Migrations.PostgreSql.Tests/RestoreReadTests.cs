using Migrations.Databases;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>
/// A dump that cannot be read to its end: <c>psql</c> waits for more, and must neither wait for ever nor take what it has for all.
/// </summary>
public sealed class RestoreReadTests
{
    private static readonly PostgreSqlDriver Driver = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_read_error_ends_the_restore_and_leaves_nothing(bool withOwners)
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        await using var session = (PostgreSqlSession)
            await Driver.OpenAsync(Driver.Parse(database.Address, "/")!, new(), CancellationToken.None);
        var version = session.Connection.Npgsql.PostgreSqlVersion;
        var loader = new ScriptLoader(
            ClientTools.For(version),
            Driver.Parse(database.Address, "/")!,
            new ScriptFilter(withOwners, version.Major, new DumpGuard("'x.sql'"))
        );
        using var source = new BrokenFile("CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\n"u8.ToArray());

        var load = loader.LoadAsync(source, CancellationToken.None);

        Assert.Equal("Input/output error", (await Assert.ThrowsAsync<IOException>(() => load.WaitAsync(TimeSpan.FromSeconds(60)))).Message);
        Assert.Empty(await database.TablesAsync());
    }

    [Fact]
    public async Task A_dump_that_cannot_be_opened_is_named()
    {
        using var folder = new TemporaryFolder();
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        await using var session = (PostgreSqlSession)
            await Driver.OpenAsync(Driver.Parse(database.Address, "/")!, new(), CancellationToken.None);
        // A folder in its place: not even root may read it.
        var version = session.Connection.Npgsql.PostgreSqlVersion;
        var restore = new PostgreSqlRestore(new BackupSource(folder.Path, BackupFormat.Sql), ClientTools.For(version), version.Major);

        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            restore.LoadAsync(Driver.Parse(database.Address, "/")!, jobs: 0, withOwners: true, CancellationToken.None)
        );

        Assert.Equal(ErrorId.DiskFailed, error.Id);
        Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Gives its beginning, and then fails as a broken disk does.</summary>
    private sealed class BrokenFile(byte[] beginning) : MemoryStream(beginning)
    {
        public override int Read(byte[] buffer, int offset, int count) => Checked(base.Read(buffer, offset, count));

        public override int Read(Span<byte> buffer) => Checked(base.Read(buffer));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Checked(await base.ReadAsync(buffer, cancellationToken));

        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            var buffer = new byte[bufferSize];
            while (true)
                await destination.WriteAsync(buffer.AsMemory(0, await ReadAsync(buffer, cancellationToken)), cancellationToken);
        }

        private static int Checked(int read) => read > 0 ? read : throw new IOException("Input/output error", hresult: 5);
    }
}
