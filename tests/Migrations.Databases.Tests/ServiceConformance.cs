using Migrations.Configuration;
using Migrations.Events;
using Migrations.Integrity;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>
/// A database that had no service before: its migrations must not run a second time because the service of a call does not see them.
/// </summary>
public abstract class ServiceConformance(DatabaseKind kind) : Conformance(kind)
{
    protected override bool NeedsCopies => true;

    [Fact]
    public async Task A_service_with_its_own_database_goes_on_with_what_had_no_service()
    {
        ThreeTables();
        await ApplyAsync(new ApplyRequest { First = 2 });
        var api = Engine(o => o with { Service = "api", Unassigned = UnassignedRows.Own });

        Assert.Equal("001_a Applied, 002_b Applied, 003_c Pending", await StatesAsync(api));
        Assert.Equal(2, (await api.GetSummaryAsync()).Applied);
        Assert.Single(Said());
        Assert.Equal(2, (await api.GetHistoryAsync()).Count);
        Assert.Equal("003_c", Names(await api.ApplyAsync()));
        Assert.Equal([null, null, "api"], (await api.GetHistoryAsync()).Select(e => e.Service));

        // It is said until the service has rows of its own.
        Events = new RecordingEventSink();
        api = Engine(o => o with { Service = "api", Unassigned = UnassignedRows.Own });
        Assert.Empty(await api.ApplyAsync());
        Assert.Empty(Said());
        Assert.Equal("003_c, 002_b, 001_a", Names(await api.UndoAsync(new UndoRequest { All = true, AcceptDataLoss = true })));
        Assert.Equal("", await TablesAsync());

        IEnumerable<string> Said() =>
            Events.Of<WarningRaised>().Select(w => w.Message).Where(m => m.Contains("--assign-service api", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(UnassignedRows.Undecided)]
    [InlineData(UnassignedRows.Foreign)]
    public async Task Where_it_is_unclear_whose_migrations_they_are_nothing_runs(UnassignedRows unassigned)
    {
        ThreeTables();
        await ApplyAsync(new ApplyRequest { First = 2 });
        var options = EngineOptions() with { Service = "api", Unassigned = unassigned };
        var api = Engine(_ => options);
        var calls = new Dictionary<string, Func<Task>>(StringComparer.Ordinal)
        {
            ["up"] = () => api.ApplyAsync(),
            ["up --what-if"] = () => api.PlanApplyAsync(),
            ["down"] = () => api.UndoAsync(),
            ["down --what-if"] = () => api.PlanUndoAsync(),
            ["baseline"] = () => api.BaselineAsync(new BaselineRequest { Target = "002" }),
            ["repair"] = () => api.RepairAsync(),
            ["repair --forget"] = () => api.RepairAsync(new RepairRequest { Forget = "001" }),
            ["test"] = () => new Rehearsal(Kind.Driver, Target(), Folder, options).RunAsync(),
        };
        foreach (var (name, call) in calls)
        {
            var error = await ThrowsAsync<PlanException>(ErrorId.ServiceDiffers, call);
            Assert.True(error.NextStep.ToString().Contains("migrations repair --assign-service api", StringComparison.Ordinal), name);
            Assert.Equal(["001_a", "002_b"], error.Migrations);
        }

        Assert.Equal("001_a applied, 002_b applied", await JournalAsync());
        Assert.Equal("001_a Pending, 002_b Pending, 003_c Pending", await StatesAsync(api));
        Assert.Contains(
            Events.Of<WarningRaised>(),
            w =>
                w.Message.Contains("without a service", StringComparison.Ordinal)
                || w.Message.Contains("belong to none of them", StringComparison.Ordinal)
        );
        var checks = await new IntegrityChecker(Kind.Driver, Target(), Folder, options).CheckAsync(
            new CheckRequest { Categories = [CheckCategory.History] }
        );
        Assert.Equal(CheckStatus.NotRun, Assert.Single(checks).Status);
        Assert.Empty(await api.GetHistoryAsync());
    }

    [Fact]
    public async Task What_was_applied_for_a_service_does_not_run_again_without_one()
    {
        ThreeTables();
        await Engine(o => o with { Service = "api" }).ApplyAsync(new ApplyRequest { First = 1 });
        var error = await ThrowsAsync<PlanException>(ErrorId.ServiceDiffers, () => ApplyAsync());
        Assert.Contains("--service api", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Equal("001_a applied", await JournalAsync());
        // Another script under that number is another migration.
        Write("001_a.up.sql", "CREATE TABLE other (id integer PRIMARY KEY);\n");
        Assert.Equal("001_a, 002_b, 003_c", Names(await ApplyAsync()));
    }

    [Fact]
    public async Task Rows_without_a_service_of_others_concern_no_one_else()
    {
        ThreeTables();
        await ApplyAsync();
        foreach (var file in Directory.GetFiles(Folder))
            File.Delete(file);
        Migration("001_reports", "CREATE TABLE reports (id integer PRIMARY KEY);\n", "DROP TABLE reports;\n");
        var reports = Engine(o => o with { Service = "reports" });
        Assert.Equal("001_reports", Names(await reports.ApplyAsync()));
        Assert.Equal("001_reports", Names(await reports.UndoAsync()));
    }

    [Fact]
    public async Task Migrations_are_assigned_to_the_services_whose_folders_have_them()
    {
        ThreeTables();
        await ApplyAsync(new ApplyRequest { First = 2 });
        await UndoAsync();
        await ApplyAsync(new ApplyRequest { First = 1 });
        File.Delete(FileOf("001_a.up.sql"));
        File.Delete(FileOf("001_a.down.sql"));
        var request = new RepairRequest { AssignService = "scores" };
        var scores = Engine(o => o with { Service = "scores", Unassigned = UnassignedRows.Undecided });

        var planned = await scores.PlanRepairAsync(request);
        var repaired = await scores.RepairAsync(request);
        Assert.Equal(planned.Select(r => r.Compared), repaired.Select(r => r.Compared));
        Assert.Equal(["002_b Unassigned scores"], repaired.Select(r => $"{r.Name} {r.Repair} {r.Service}"));
        Assert.Contains("its script is in the folder", repaired[0].Compared, StringComparison.Ordinal);

        // One that no folder has is assigned by its name.
        await ThrowsAsync<PlanException>(ErrorId.ServiceDiffers, () => scores.ApplyAsync());
        var nothing = await ThrowsAsync<PlanException>(ErrorId.RepairNotNeeded, () => scores.RepairAsync(request));
        Assert.Contains("repair 001_a --assign-service scores", nothing.NextStep.ToString(), StringComparison.Ordinal);
        var api = Engine(o => o with { Service = "api", Unassigned = UnassignedRows.Undecided });
        Assert.Equal("001_a", Assert.Single(await api.RepairAsync(new RepairRequest { AssignService = "api", Name = "1" })).Name);

        Assert.Equal("002_b Applied, 003_c Pending", await StatesAsync(scores));
        Assert.Equal("003_c", Names(await scores.ApplyAsync()));
        Assert.Equal("003_c, 002_b", Names(await scores.UndoAsync(new UndoRequest { All = true, AcceptDataLoss = true })));
        Assert.Equal("001_a Missing", (await StatesAsync(api)).Split(", ")[0]);
        // What happened before stays as it was.
        Assert.Equal(["001_a applied ", "002_b applied ", "002_b rolled_back "], (await RowsAsync()).Take(3));
        Assert.Contains("002_b assigned scores", await RowsAsync());
    }

    [Fact]
    public async Task Only_the_service_itself_is_assigned_anything()
    {
        ThreeTables();
        await ApplyAsync();
        var request = new RepairRequest { AssignService = "api" };
        await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => Engine().RepairAsync(request));
        await ThrowsAsync<MigrationException>(
            ErrorId.UsageInvalid,
            () => Engine(o => o with { Service = "scores" }).PlanRepairAsync(request)
        );
    }

    private async Task<IReadOnlyList<string>> RowsAsync() =>
        await Database.RowsAsync("SELECT name || ' ' || event || ' ' || coalesce(service, '') FROM migration_journal ORDER BY id");
}

public sealed class SqliteServiceTests() : ServiceConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlServiceTests() : ServiceConformance(DatabaseKind.PostgreSql);
