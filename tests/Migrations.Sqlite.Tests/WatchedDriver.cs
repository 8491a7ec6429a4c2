using Migrations.Databases;
using Migrations.Sql;

namespace Migrations.Sqlite.Tests;

/// <summary>The driver, with someone who watches a restore.</summary>
internal sealed class WatchedDriver(Action<RestoreStep> reached) : IDatabaseDriver
{
    private readonly SqliteDriver _driver = new();

    public string Engine => _driver.Engine;

    public ISqlDialect Dialect => _driver.Dialect;

    public ILintRules Rules => _driver.Rules;

    public IChangeWriter Changes => _driver.Changes;

    public IBackupProvider Backups { get; } = new SqliteBackups { Reached = reached };

    public IDatabaseCreator Creator => _driver.Creator;

    public IScratchProvider Scratch => _driver.Scratch;

    public DatabaseTarget? Parse(string text, string baseFolder) => _driver.Parse(text, baseFolder);

    public Task<IDatabaseSession> OpenAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken) =>
        _driver.OpenAsync(target, options, cancellationToken);
}
