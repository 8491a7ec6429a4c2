using Migrations.Backup;
using Xunit;

namespace Migrations.Core.Tests.Backup;

/// <summary>Which database a backup is of, by table.</summary>
public sealed class BackupOriginTests
{
    [Theory]
    [InlineData("/srv/app.db", "/srv/app.db", "vm")]
    [InlineData("postgres://ada@db.example:5432/shop", "postgres://db.example:5432/shop", "")]
    [InlineData("postgres://db.example/shop", "postgres://db.example/shop", "")]
    [InlineData("postgres://db.example/sh@op", "postgres://db.example/sh@op", "")]
    [InlineData("postgres://ada@127.0.0.1:5433/shop", "postgres://localhost:5433/shop", "vm")]
    [InlineData("postgres://ada@LOCALHOST/shop", "postgres://localhost/shop", "vm")]
    [InlineData("postgres://ada@[::1]:5433/shop", "postgres://localhost:5433/shop", "vm")]
    [InlineData("postgres://ada@[/var/run/postgresql]:5433/shop", "postgres://localhost:5433/shop", "vm")]
    [InlineData("postgres://ada@[fe80::1]:5433/shop", "postgres://[fe80::1]:5433/shop", "")]
    [InlineData("postgres://ada@localhost:5433,b:5432/shop", "postgres://localhost:5433,b:5432/shop", "")]
    [InlineData("postgres://ada@localhost.example/shop", "postgres://localhost.example/shop", "")]
    public void The_place_is_without_the_user_and_a_local_one_is_of_its_machine(string display, string place, string host) =>
        Assert.Equal(new BackupOrigin("X", place, host), BackupOrigin.Of("X", display, "vm"));

    [Fact]
    public void Of_a_local_database_the_backups_of_this_machine_come_first_and_those_of_others_only_without_any()
    {
        var here = Made("here", "/srv/app.db", Environment.MachineName);
        var there = Made("there", "/srv/app.db", "another");
        var other = Made("other", "/srv/other.db", Environment.MachineName);
        var target = new DatabaseTarget("SQLite", "/srv/app.db", "/srv/app.db", "/srv/app.db");
        Assert.Equal([here], BackupOrigin.Choose([there, here, other], target));
        Assert.Equal([there], BackupOrigin.Choose([there, other], target));
        Assert.Equal("another", BackupOrigin.OtherHost(there, target));
        Assert.Null(BackupOrigin.OtherHost(here, target));
    }

    [Fact]
    public void A_retention_counts_each_machine_for_itself_unless_any_host_is_one()
    {
        DatabaseBackup[] backups =
        [
            Made("1", "/srv/app.db", Environment.MachineName),
            Made("2", "/srv/app.db", "another"),
            Made("3", "/srv/app.db", "another"),
            Made("4", "postgres://ada@db/shop", "another"),
            Made("5", "postgres://bob@db/shop", Environment.MachineName),
        ];
        var policy = new RetentionPolicy { KeepLast = 1 };
        var now = At.AddDays(1);
        var each = BackupRetention.Decide(backups, policy, now);
        Assert.Equal("1 2 4", Names(each));
        Assert.Contains("the newest from the machine 'another'", each.Single(d => d.Backup.Path == "2").Reason, StringComparison.Ordinal);
        Assert.Equal("1 4", Names(BackupRetention.Decide(backups, policy with { AnyHost = true }, now)));
    }

    private static readonly DateTimeOffset At = new(2025, 10, 15, 12, 0, 0, TimeSpan.Zero);

    private static string Names(IEnumerable<RetentionDecision> decisions) =>
        string.Join(' ', decisions.Where(d => d.Keep).Select(d => d.Backup.Path).Order(StringComparer.Ordinal));

    private static DatabaseBackup Made(string path, string database, string host)
    {
        var at = At.AddMinutes(-int.Parse(char.IsDigit(path[0]) ? path : "0", System.Globalization.CultureInfo.InvariantCulture));
        var engine = database.StartsWith('/') ? "SQLite" : "PostgreSQL";
        return new DatabaseBackup
        {
            Path = path,
            Database = database,
            Engine = engine,
            CreatedAt = at,
            Manifest = new BackupManifest
            {
                ManifestVersion = 1,
                Size = 1,
                Sha256 = "",
                SchemaFingerprint = "",
                HistoryTable = "migration_journal",
                Tables = [],
                ToolVersion = "1",
                File = path,
                Database = database,
                Engine = engine,
                EngineVersion = "1",
                Format = BackupFormat.Native,
                CreatedAt = at,
                Host = host,
            },
        };
    }
}
