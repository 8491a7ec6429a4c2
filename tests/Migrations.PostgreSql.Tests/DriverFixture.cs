using Migrations.Databases;
using Migrations.History;
using Migrations.Testing;

namespace Migrations.PostgreSql.Tests;

/// <summary>One database and what a driver test does with it.</summary>
internal sealed class DriverFixture : IAsyncDisposable
{
    private static readonly PostgreSqlDriver Driver = new();
    private readonly List<IDatabaseSession> _sessions = [];

    private DriverFixture(PostgreSqlTestDatabase database) => Database = database;

    public PostgreSqlTestDatabase Database { get; }

    public RecordingEventSink Events { get; } = new();

    public Guid RunId { get; } = Guid.NewGuid();

    public static async Task<DriverFixture> CreateAsync() => new(await PostgreSqlTestDatabase.CreateAsync());

    /// <summary>Opens a session, takes the lock and makes the history, as a run does.</summary>
    public async Task<IDatabaseSession> BeginAsync(Func<SessionOptions, SessionOptions>? change = null)
    {
        var session = await OpenAsync(change);
        await session.LockAsync(CancellationToken.None);
        await session.History.EnsureAsync(CancellationToken.None);
        return session;
    }

    public async Task<IDatabaseSession> OpenAsync(Func<SessionOptions, SessionOptions>? change = null, string? address = null)
    {
        var options = new SessionOptions { Access = SessionAccess.Write, Events = Events };
        var session = await Driver.OpenAsync(
            Driver.Parse(address ?? Database.Address, "/")!,
            change?.Invoke(options) ?? options,
            CancellationToken.None
        );
        lock (_sessions)
            _sessions.Add(session);
        return session;
    }

    public StepExecution Step(string script, string name = "001_test", MigrationHeader? header = null)
    {
        var up = Scripts.Of(script, header);
        var analysis = Driver.Dialect.Analyze(up);
        Xunit.Assert.Empty(analysis.Problems);
        return new StepExecution
        {
            Migration = new Migration
            {
                Key = MigrationKey.Of(name),
                Version = null,
                Name = name,
                FullName = name,
                Layout = MigrationLayout.RollbackSuffix,
                Up = up,
            },
            Direction = MigrationDirection.Up,
            Script = up,
            Analysis = analysis,
            Entry = Entry(name, JournalEvent.Applied),
        };
    }

    public JournalEntry Entry(string name, JournalEvent what) =>
        new()
        {
            RunId = RunId,
            Name = name,
            Direction = MigrationDirection.Up,
            Event = what,
            AppliedBy = "me",
            Host = "here",
            Success = what != JournalEvent.Failed,
            ToolVersion = "1.0",
        };

    public async Task<StatementException> FailAsync(IDatabaseSession session, string script, MigrationHeader? header = null) =>
        await Xunit.Assert.ThrowsAsync<StatementException>(() => session.RunAsync(Step(script, header: header), CancellationToken.None));

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions)
            await session.DisposeAsync();
        await Database.DisposeAsync();
    }
}
