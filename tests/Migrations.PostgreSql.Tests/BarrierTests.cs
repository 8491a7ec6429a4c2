using Migrations.Databases;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Nothing in a copy on which scripts run reaches beyond it; where that cannot be made sure, what is not seen is not
/// run.</summary>
public sealed class BarrierTests
{
    private static readonly PostgreSqlDriver Driver = new();

    [Fact]
    public async Task What_reaches_beyond_a_copy_refuses_to_work_and_a_role_that_cannot_see_to_that_runs_nothing_that_is_not_seen()
    {
        await using var role = await PostgreSqlRole.CreateAsync();
        await role.Database.ExecuteAsync("CREATE EXTENSION dblink");
        var target = Driver.Parse(role.Address, "/")!;
        await using var session = (PostgreSqlSession)await OpenAsync(target);
        const string Unseen = "DO $$ BEGIN EXECUTE concat('SELECT ', '1'); END $$";

        Assert.False(await Barrier.RaiseAsync(session.Connection, default));
        Assert.Null(await RefusalAsync(target, session, Unseen));
        ScratchRegister.LeaveOpen(target);
        var refusal = await RefusalAsync(target, session, Unseen);
        Assert.Contains("text that is not seen", refusal!.Message, StringComparison.Ordinal);
        Assert.Null(await RefusalAsync(target, session, "CREATE TABLE a (i int)"));
        ScratchRegister.Forget(target);

        var administrator = Driver.Parse(role.Database.Address, "/")!;
        await using var other = (PostgreSqlSession)await OpenAsync(administrator);
        Assert.True(await Barrier.RaiseAsync(other.Connection, default));
        await Assert.ThrowsAnyAsync<Exception>(() => role.Database.ScalarAsync("SELECT dblink_connect('dbname=postgres')"));
        Assert.Equal(
            "plpgsql",
            await role.Database.ScalarAsync(
                "SELECT min(l.lanname)::text FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.proname ~ '^dblink_connect'"
            )
        );
    }

    private static async Task<IDatabaseSession> OpenAsync(DatabaseTarget target) =>
        await Driver.OpenAsync(target, new SessionOptions(), CancellationToken.None);

    private static Task<StatementException?> RefusalAsync(DatabaseTarget target, PostgreSqlSession session, string statement) =>
        new Confinement(target).RefusalAsync(session.Connection, statement, new ScriptLocation("x.sql", 1), CancellationToken.None);
}
