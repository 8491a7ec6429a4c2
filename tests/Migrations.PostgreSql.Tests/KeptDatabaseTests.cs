using Migrations.Backup;
using Migrations.Databases;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Databases that restores have kept: what is known of them, and which of them may go.</summary>
public sealed class KeptDatabaseTests : IAsyncLifetime
{
    private const string Comment = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()";
    private static readonly PostgreSqlDriver Driver = new();

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _others = [];
    private PostgreSqlTestDatabase _database = null!;
    private DatabaseBackup _backup = null!;

    private DatabaseTarget Target => Driver.Parse(_database.Address, "/")!;

    private KeptDatabases Kept => new(Driver, Target);

    public async ValueTask InitializeAsync()
    {
        Prerequisite.PgDump();
        _database = await PostgreSqlTestDatabase.CreateAsync();
        await _database.ExecuteAsync("CREATE TABLE t (a int)");
        await _database.ExecuteAsync($"COMMENT ON DATABASE {_database.Name} IS 'Ada''s shop \\ ä'");
        _backup = await new BackupManager(Driver, Target).BackUpAsync(new BackupRequest { Folder = _folder.Path });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _others)
        {
            await _database.Server.ExecuteAsync(
                $"DO $$ BEGIN IF EXISTS (SELECT FROM pg_database WHERE datname = '{name}') THEN "
                    + $"ALTER DATABASE \"{name}\" IS_TEMPLATE false; END IF; END $$"
            );
            await PostgreSqlTestDatabase.Of(_database.Server, name).DisposeAsync();
        }

        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task They_are_listed_with_what_they_are_and_have_a_rule_of_their_own()
    {
        var names = new List<string>();
        foreach (var label in new[] { "failed", "before_restore", "before_restore" })
            names.Insert(0, await RestoreAsync(label));
        var listed = await Kept.ListAsync();
        Assert.Equal(names, listed.Select(b => b.Path));
        Assert.Equal(["before_restore", "before_restore", "failed"], listed.Select(b => b.Kept));
        Assert.All(listed, b => Assert.Equal((true, Target.Display, null, Target), (b.IsDatabase, b.Database, b.Problem, b.Target)));
        Assert.All(listed, b => Assert.InRange(b.Size, 1_000_000, 1_000_000_000));
        Assert.All(listed, b => Assert.InRange(b.CreatedAt, DateTimeOffset.UtcNow.AddMinutes(-10), DateTimeOffset.UtcNow));
        Assert.Equal(
            Path.GetFileName(_backup.Path),
            (await Driver.Backups.KeptDatabases!.ListAsync(Target, new SessionOptions(), default))[0].ReplacedBy
        );

        DatabaseBackup[] all = [.. listed, .. await new BackupCatalogue([Driver]).ReadAsync(_folder.Path)];
        bool[] Decided(RetentionPolicy policy) => [.. BackupRetention.Decide(all, policy, DateTimeOffset.UtcNow).Select(d => d.Keep)];
        Assert.Equal([true, true, true, true], Decided(new RetentionPolicy { KeepLast = 1 }));
        Assert.Equal([true, true, false, false], Decided(new RetentionPolicy { KeepStates = 1 }));

        await Kept.RemoveAsync(listed[2]);
        Assert.Equal(names[..2], (await Kept.ListAsync()).Select(b => b.Path));
        Assert.Equal(ErrorId.BackupMissing, (await Assert.ThrowsAsync<MigrationException>(() => Kept.RemoveAsync(listed[2]))).Id);
        Assert.Equal(ErrorId.UsageInvalid, Assert.Throws<MigrationException>(listed[0].DemandFile).Id);
    }

    [Fact]
    public async Task A_comment_of_the_user_stays_and_does_not_grow()
    {
        for (var i = 0; i < 2; i++)
        {
            var name = await RestoreAsync();
            Assert.Equal("Ada's shop \\ ä", await _database.ScalarAsync(Comment));
            Assert.StartsWith(
                "Ada's shop \\ ä\n\nmigrations:kept {",
                await PostgreSqlTestDatabase.Of(_database.Server, name).ScalarAsync(Comment),
                StringComparison.Ordinal
            );
            Assert.Single(await Kept.ListAsync());
            // Whoever goes back to it renames it: it is no kept one any more, and its mark goes nowhere.
            _others.Add($"old_{i}_{_database.Name}");
            await _database.Server.ExecuteAsync($"ALTER DATABASE {_database.Name} RENAME TO {_others[^1]}");
            await _database.Server.ExecuteAsync($"ALTER DATABASE \"{name}\" RENAME TO {_database.Name}");
            Assert.Empty(await Kept.ListAsync());
        }

        var again = await new BackupManager(Driver, Target).BackUpAsync(new BackupRequest { Folder = _folder.Path });
        Assert.Equal("Ada's shop \\ ä", again.Manifest!.Settings!["comment"]);
    }

    [Theory]
    [InlineData("session", "is connected to it")]
    [InlineData("template", "It is a template")]
    [InlineData("owner", "it is not certain that a restore has kept it")]
    [InlineData("subscription", "It has the subscription \"s 1\"")]
    public async Task What_may_not_go_is_kept_and_says_why(string what, string why)
    {
        var name = await RestoreAsync();
        var kept = PostgreSqlTestDatabase.Of(_database.Server, name);
        var role = what == "owner" ? await PostgreSqlRole.OwnerOfAsync(kept) : null;
        await using var session = what == "session" ? await kept.ConnectAsync() : null;
        if (what == "template")
            await _database.Server.ExecuteAsync($"ALTER DATABASE \"{name}\" IS_TEMPLATE true");
        if (what == "subscription")
            await kept.ExecuteAsync(
                "CREATE SUBSCRIPTION \"s 1\" CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE)"
            );
        try
        {
            var listed = Assert.Single(await Kept.ListAsync());
            Assert.Contains(why, listed.Problem, StringComparison.Ordinal);
            var decision = Assert.Single(
                BackupRetention.Decide(
                    [listed with { CreatedAt = DateTimeOffset.UnixEpoch }],
                    new RetentionPolicy { KeepStates = 1 },
                    DateTimeOffset.UtcNow
                )
            );
            Assert.True(decision.Keep);
            Assert.Contains(why, decision.Reason, StringComparison.Ordinal);
            var error = await Assert.ThrowsAsync<MigrationException>(() => Kept.RemoveAsync(listed));
            Assert.Equal(ErrorId.DatabaseInUse, error.Id);
            Assert.Contains(why, error.Message, StringComparison.Ordinal);
            Assert.Single(await Kept.ListAsync());
        }
        finally
        {
            if (what == "subscription")
                await kept.ExecuteAsync("DROP SUBSCRIPTION \"s 1\"");
            if (role is not null)
            {
                await _database.Server.ExecuteAsync($"DROP DATABASE \"{name}\"");
                await _database.Server.ExecuteAsync($"DROP ROLE {role.Name}");
            }
        }
    }

    [Theory]
    [InlineData("kept by ada on Friday")]
    [InlineData("migrations:kept {}")]
    [InlineData("migrations:kept {\"name\":\"other\",\"database\":\"{0}\",\"label\":\"before_restore\",\"at\":\"2026-01-01T00:00:00Z\"}")]
    [InlineData("migrations:kept {\"name\":\"{1}\",\"database\":\"other\",\"label\":\"before_restore\",\"at\":\"2026-01-01T00:00:00Z\"}")]
    [InlineData("migrations:kept {\"name\":\"{1}\",\"database\":\"{0}\",\"label\":\"mine\",\"at\":\"2026-01-01T00:00:00Z\"}")]
    [InlineData("migrations:kept {\"name\":\"{1}\",\"database\":\"{0}\",\"label\":\"before_restore\",\"at\":\"Friday\"}")]
    public async Task What_no_restore_has_kept_is_not_listed_and_not_dropped(string comment)
    {
        var name = _database.Name[..20] + "_20260101_000000_before_restore";
        _others.Add(name);
        await _database.Server.ExecuteAsync($"CREATE DATABASE \"{name}\"");
        var text = comment.Replace("{0}", _database.Name, StringComparison.Ordinal).Replace("{1}", name, StringComparison.Ordinal);
        await _database.Server.ExecuteAsync($"COMMENT ON DATABASE \"{name}\" IS '{text}'");
        Assert.Empty(await Kept.ListAsync());
        var state = new DatabaseBackup
        {
            Path = name,
            IsDatabase = true,
            Target = Target,
            CreatedAt = DateTimeOffset.UtcNow,
        };
        Assert.Equal(ErrorId.BackupMissing, (await Assert.ThrowsAsync<MigrationException>(() => Kept.RemoveAsync(state))).Id);
        Assert.Equal(name, await PostgreSqlTestDatabase.Of(_database.Server, name).ScalarAsync("SELECT current_database()"));
    }

    private async Task<string> RestoreAsync(string label = "before_restore")
    {
        var result = await new BackupManager(Driver, Target).RestoreAsync(_backup, new RestoreRequest { KeepLabel = label });
        _others.Add(result.Kept!);
        return result.Kept!;
    }
}
