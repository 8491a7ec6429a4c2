namespace Migrations.Databases.Tests;

/// <summary>One PostgreSQL database with a schema for each tenant, chosen by the connection's <c>search_path</c>.</summary>
public sealed class FirstSchemaTests() : Conformance(DatabaseKind.PostgreSql)
{
    private static readonly string Longest = new('h', 63);

    public static TheoryData<string, string?> WrongNames =>
        new()
        {
            { "", null },
            { " ", null },
            { Longest + "A", null },
            { new string('é', 31) + "AB", "public" },
            { "migration_journal", "" },
            { "migration_journal", "pg_history" },
            { "migration_journal", Longest + "A" },
        };

    [Fact]
    public async Task Another_first_schema_than_that_of_the_recorded_runs_is_refused()
    {
        await TwoTenantsAsync();
        await On("tenant_a").ApplyAsync();

        foreach (
            var call in (Func<Migrator, Task>[])
                [m => m.ApplyAsync(), m => m.GetStatusAsync(), m => m.GetSummaryAsync(), m => m.UndoAsync(), m => m.RepairAsync()]
        )
        {
            var error = await ThrowsAsync<MigrationException>(ErrorId.OtherSchema, () => call(On("tenant_b")));
            Assert.Contains("'tenant_a'", error.Message, StringComparison.Ordinal);
            Assert.Contains("--history-schema tenant_b", error.NextStep.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(
            "001_orders",
            Names(await On("tenant_b", o => o with { Session = o.Session with { HistorySchema = "tenant_b" } }).ApplyAsync())
        );
        Assert.Empty(await On("tenant_a").ApplyAsync());
        Assert.Equal("2", await Database.ScalarAsync("SELECT count(*) FROM pg_tables WHERE tablename = 'orders'"));
    }

    [Fact]
    public async Task Each_service_of_a_shared_history_has_its_own()
    {
        await TwoTenantsAsync();
        await On("tenant_a", o => o with { Service = "a" }).ApplyAsync();
        await On("tenant_b", o => o with { Service = "b" }).ApplyAsync();
        Assert.Empty(await On("tenant_a", o => o with { Service = "a" }).ApplyAsync());
        await ThrowsAsync<MigrationException>(ErrorId.OtherSchema, () => On("tenant_a", o => o with { Service = "b" }).ApplyAsync());
    }

    [Theory]
    [InlineData("COMMENT ON TABLE migration_journal IS NULL")]
    [InlineData("COMMENT ON TABLE migration_journal IS 'a comment of the user'")]
    [InlineData("ALTER SCHEMA tenant_a RENAME TO tenant_c")]
    public async Task A_history_without_a_record_or_of_a_schema_that_is_gone_goes_on(string statement)
    {
        await TwoTenantsAsync();
        await On("tenant_a").ApplyAsync();
        await Database.ExecuteAsync(statement);
        Assert.Equal(MigrationState.Applied, Assert.Single(await On("tenant_b").GetStatusAsync()).State);
        Assert.Empty(await On("tenant_b").ApplyAsync());
    }

    [Fact]
    public async Task Where_nothing_is_applied_any_schema_will_do()
    {
        await TwoTenantsAsync();
        await On("tenant_a").ApplyAsync();
        await On("tenant_a").UndoAsync();
        Assert.Equal("001_orders", Names(await On("tenant_b").ApplyAsync()));
        await ThrowsAsync<MigrationException>(ErrorId.OtherSchema, () => On("tenant_a").GetStatusAsync());
    }

    [Fact]
    public async Task What_a_script_sets_is_not_the_connections()
    {
        await TwoTenantsAsync();
        await On("tenant_a").ApplyAsync();
        Migration("002_other", "SET search_path = tenant_b;\nCREATE TABLE other (id integer);\n", "DROP TABLE tenant_b.other;\n");
        Assert.Equal("002_other", Names(await On("tenant_a").ApplyAsync()));
        Assert.Equal("002_other", Names(await On("tenant_a").UndoAsync()));
    }

    [Theory]
    [MemberData(nameof(WrongNames))]
    public async Task Names_that_the_server_would_cut_or_refuse_are_wrong_use(string table, string? schema)
    {
        Migration("001_orders", "CREATE TABLE orders (id integer);\n");
        await ThrowsAsync<MigrationException>(
            ErrorId.UsageInvalid,
            () => Engine(o => o with { Session = o.Session with { HistoryTable = table, HistorySchema = schema } }).ApplyAsync()
        );
        Assert.Empty(await Database.TablesAsync());
        Assert.Equal(
            "001_orders",
            Names(await Engine(o => o with { Session = o.Session with { HistoryTable = Longest, HistorySchema = Longest } }).ApplyAsync())
        );
    }

    private async Task TwoTenantsAsync()
    {
        await Database.ExecuteAsync("CREATE SCHEMA tenant_a; CREATE SCHEMA tenant_b");
        Migration("001_orders", "CREATE TABLE orders (id integer);\n", "DROP TABLE orders;\n");
    }

    private Migrator On(string schema, Func<MigratorOptions, MigratorOptions>? change = null)
    {
        var address = Database.Address + (Database.Address.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "search_path=" + schema;
        return new Migrator(
            Kind.Driver,
            Kind.Driver.Parse(address, Folder)!,
            Folder,
            change is null ? EngineOptions() : change(EngineOptions())
        );
    }
}
