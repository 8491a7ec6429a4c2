using Migrations.Databases;
using Migrations.Events;
using Migrations.History;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite.Tests;

/// <summary>A folder with a database file and scripts, removed afterwards.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly SqliteDriver _driver = new();
    private int _scripts;

    private readonly TransactionMode _mode;

    /// <param name="mode">How <see cref="RunAsync"/> puts a script into a transaction.</param>
    public TestFolder(TransactionMode mode = TransactionMode.Each)
    {
        _mode = mode;
        Path = Directory.CreateTempSubdirectory("migrations-sqlite-").FullName;
        Database = System.IO.Path.Combine(Path, "app.db");
    }

    public string Path { get; }

    public string Database { get; }

    public List<MigrationEvent> Events { get; } = [];

    public SessionOptions Options =>
        new()
        {
            Events = new Sink(Events),
            TableLockTimeout = TimeSpan.FromMilliseconds(100),
            TableLockRetries = 1,
        };

    public DatabaseTarget Target => _driver.Parse(Database, Path)!;

    public async Task<IDatabaseSession> OpenAsync(SessionAccess access = SessionAccess.Create, SessionOptions? options = null) =>
        await _driver.OpenAsync(Target, (options ?? Options) with { Access = access }, CancellationToken.None);

    /// <summary>A session with its journal table.</summary>
    public async Task<IDatabaseSession> OpenReadyAsync(SessionOptions? options = null)
    {
        var session = await OpenAsync(options: options);
        await session.History.EnsureAsync(CancellationToken.None);
        _ = await session.History.ReadAsync(CancellationToken.None);
        return session;
    }

    public MigrationScript Script(string sql, MigrationHeader? header = null)
    {
        var file = System.IO.Path.Combine(Path, $"{++_scripts:000}_test.sql");
        File.WriteAllText(file, sql);
        return new MigrationScript
        {
            File = file,
            Offset = 0,
            Length = new FileInfo(file).Length,
            Checksum = MigrationScript.OfText(file, sql.Replace("\r\n", "\n", StringComparison.Ordinal)).Checksum,
            IsEmpty = false,
            Header = header ?? MigrationHeader.Empty,
        };
    }

    public StepExecution Step(string sql, MigrationHeader? header = null) => Step(Script(sql, header));

    public static StepExecution Step(MigrationScript script, MigrationDirection direction = MigrationDirection.Up)
    {
        var version = MigrationVersion.Parse(System.IO.Path.GetFileName(script.File)[..3]);
        return new StepExecution
        {
            Migration = new Migration
            {
                Key = MigrationKey.Of(version),
                Version = version,
                Name = "test",
                FullName = version.Text + "_test",
                Layout = MigrationLayout.RollbackSuffix,
                Up = script,
            },
            Direction = direction,
            Script = script,
            Analysis = SqliteAnalyzer.Analyze(script),
            Entry = Entry(version.Text),
        };
    }

    public static JournalEntry Entry(string version) =>
        new()
        {
            RunId = Guid.NewGuid(),
            Version = version,
            Name = version + "_test",
            Direction = MigrationDirection.Up,
            Event = JournalEvent.Applied,
            AppliedBy = "tester",
            Host = "here",
            Success = true,
            ToolVersion = "0",
        };

    /// <summary>Runs scripts one after another, each in a session of its own.</summary>
    public async Task<StepOutcome> RunAsync(string sql, MigrationHeader? header = null)
    {
        await using var session = await OpenReadyAsync();
        return await RunInAsync(session, sql, header);
    }

    /// <summary>Runs a script in a session, in this folder's mode.</summary>
    public async Task<StepOutcome> RunInAsync(IDatabaseSession session, string sql, MigrationHeader? header = null)
    {
        if (_mode == TransactionMode.None)
            header = (header ?? MigrationHeader.Empty) with { Transaction = false };
        var step = Step(sql, header);
        if (step.Analysis.OutsideTransaction)
            return await OutsideAsync(session, step);
        return _mode == TransactionMode.All
            ? await TogetherAsync(session, Step("CREATE TABLE IF NOT EXISTS before (a);"), step)
            : await session.RunAsync(step, CancellationToken.None);
    }

    private static async Task<StepOutcome> OutsideAsync(IDatabaseSession session, StepExecution step)
    {
        Assert.Empty(step.Analysis.Problems);
        var (rows, count) = (0L, 0);
        var lost = new List<LostObject>();
        foreach (var statement in SqliteDialect.Instance.Split(step.Script))
        {
            var outcome = await session.ExecuteAsync(step, statement, CancellationToken.None);
            rows += outcome.Rows ?? 0;
            lost.AddRange(outcome.ObjectsLost);
            count++;
        }

        return new StepOutcome(TimeSpan.Zero, rows, count) { ObjectsLost = lost };
    }

    private static async Task<StepOutcome> TogetherAsync(IDatabaseSession session, params StepExecution[] steps)
    {
        await using var run = await session.BeginRunAsync(steps, CancellationToken.None);
        StepOutcome? last = null;
        foreach (var step in steps)
            last = await session.RunAsync(step, CancellationToken.None);
        await run.CommitAsync(CancellationToken.None);
        return last!;
    }

    public async Task<StatementException> FailAsync(string sql, MigrationHeader? header = null) =>
        await Assert.ThrowsAsync<StatementException>(() => RunAsync(sql, header));

    /// <summary>Asks the database by a connection of its own.</summary>
    public string? Ask(string sql)
    {
        using var handle = SqliteHandle.Open(SqliteLibrary.Current.Api, Database, SqliteHandle.OpenReadWrite);
        return handle.QueryText(sql);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private sealed class Sink(List<MigrationEvent> events) : IEventSink
    {
        public void Publish(MigrationEvent item) => events.Add(item);
    }
}
