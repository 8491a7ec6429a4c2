using Migrations.Events;
using Migrations.Planning;
using Migrations.Sqlite;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>
/// A database file that is deleted, renamed or replaced during a run: nothing is reported as done that no one would find.
/// </summary>
public sealed class SqliteReplacedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SqliteReplacedTests()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            _folder.Write($"migrations/00{name[0] - 'a' + 1}_{name}.sql", $"CREATE TABLE {name} (id integer);");
            _folder.Write($"migrations/00{name[0] - 'a' + 1}_{name}.down.sql", $"DROP TABLE {name};");
        }
    }

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, TransactionMode, MigrationDirection> Ways
    {
        get
        {
            var ways = new TheoryData<string, TransactionMode, MigrationDirection>();
            foreach (var way in new[] { "delete", "rename", "replace" })
            {
                foreach (var mode in Enum.GetValues<TransactionMode>())
                {
                    ways.Add(way, mode, MigrationDirection.Up);
                    ways.Add(way, mode, MigrationDirection.Down);
                }
            }

            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Is_called_that(string way, TransactionMode mode, MigrationDirection direction)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps an open file where it is.");
        if (direction == MigrationDirection.Down)
            await Engine(new RecordingEventSink()).ApplyAsync();
        var sink = new Watch("002_b", () => Move(way));

        var error = await Assert.ThrowsAnyAsync<MigrationException>(() =>
            direction == MigrationDirection.Up
                ? Engine(sink).ApplyAsync(new ApplyRequest { TransactionMode = mode })
                : Engine(sink)
                    .UndoAsync(
                        new UndoRequest
                        {
                            All = true,
                            TransactionMode = mode,
                            AcceptDataLoss = true,
                        }
                    )
        );

        Assert.True(error.Id == ErrorId.DatabaseReplaced, error.ToString());
        Assert.Contains("test.db", error.Message, StringComparison.Ordinal);
        Assert.Equal(
            mode == TransactionMode.All ? [] : [direction == MigrationDirection.Up ? "001_a" : "003_c"],
            error.Applied.Select(r => r.Name)
        );
        if (way == "replace")
            Assert.Equal("the other", await File.ReadAllTextAsync(_folder["test.db"]));
    }

    private void Move(string way)
    {
        var file = _folder["test.db"];
        if (way == "delete")
            File.Delete(file);
        else if (way == "rename")
            File.Move(file, _folder["moved.db"]);
        else
            File.Move(_folder.Write("other", "the other"), file, overwrite: true);
    }

    private Migrator Engine(IEventSink events)
    {
        var driver = new SqliteDriver();
        return new Migrator(
            driver,
            driver.Parse("test.db", _folder.Path)!,
            _folder["migrations"],
            new MigratorOptions { Session = new SessionOptions { Events = events } }
        );
    }

    private sealed class Watch(string migration, Action act) : IEventSink
    {
        public void Publish(MigrationEvent item)
        {
            if (item is StepStarted started && started.Migration == migration)
                act();
        }
    }
}
