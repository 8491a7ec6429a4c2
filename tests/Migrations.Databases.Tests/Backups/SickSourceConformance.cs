using Migrations.Backup;
using Migrations.Events;
using Migrations.Integrity;
using Migrations.Planning;

namespace Migrations.Databases.Tests.Backups;

/// <summary>
/// What is wrong with a source is no fault of its backup: it is reported when the backup is made, recorded in its manifest, restored as it
/// was, and compared. Each database has its own faults, as rows of a theory.
/// </summary>
public abstract class SickSourceConformance(DatabaseKind kind) : BackupSuite(kind)
{
    private const string NothingRecorded = "\"faults\": []";

    /// <summary>Goes the whole way with one fault.</summary>
    /// <param name="make">What makes it in the database.</param>
    /// <param name="check">The check of the engine that finds it.</param>
    /// <param name="named">What names it in what is reported.</param>
    /// <param name="format">The format of the backup.</param>
    protected async Task GoesThereAndBackAsync(string make, string check, string named, BackupFormat format = BackupFormat.Native)
    {
        var (_, before) = await FillAsync(make);
        var backup = await BackUpAsync(r => r with { Format = format });
        var fault = Assert.Single(backup.Faults!);
        Assert.Equal(check, fault.Kind);
        Assert.Contains(named, fault.Object + ": " + fault.Detail, StringComparison.Ordinal);
        Assert.Contains(
            Events.Of<WarningRaised>(),
            w => w.Message.Contains(fault.Object, StringComparison.Ordinal) && w.Message.Contains(fault.Detail, StringComparison.Ordinal)
        );

        var proof = await VerifyAsync(backup);
        Assert.True(proof.Proven, Open(proof));
        Assert.Equal(CheckStatus.Warn, proof.Checks.Single(c => c.Name == check).Status);

        await Database.ExecuteAsync("DROP TABLE b;");
        var result = await RestoreAsync(proof.Backup);
        Assert.Equal(CheckStatus.Warn, result.Checks.Single(c => c.Name == check).Status);
        Assert.Equal(before, (await StateAsync()).Content);
        Assert.Contains(
            await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Engine], Thorough = true }),
            c => c.Name == check && c.Status == CheckStatus.Fail
        );
    }

    /// <summary>What the source did not have is a fault of the copy; and what is wrong is restored when that is accepted.</summary>
    protected async Task AddedFaultsAreRefusedAsync(string make, string check, string named)
    {
        var (_, before) = await FillAsync(make);
        foreach (
            var (recorded, reason) in new[] { (NothingRecorded, "The source did not have this"), ("\"faults\": null", "not recorded") }
        )
        {
            var backup = await BackUpAsync();
            await ForgetFaultsAsync(backup, recorded);
            var found = await Catalogue.FindAsync(backup.Path);
            var verification = await VerifyAsync(found);
            Assert.False(verification.Proven);
            var failed = verification.Checks.Single(c => c.Status == CheckStatus.Fail);
            Assert.Equal(check, failed.Name);
            Assert.Contains(reason, failed.Message, StringComparison.Ordinal);
            Assert.Contains(named, failed.Message, StringComparison.Ordinal);

            await Database.ExecuteAsync("DROP TABLE b;");
            var error = await ThrowsAsync<MigrationException>(ErrorId.BackupInvalid, () => RestoreAsync(found));
            Assert.Contains(named, error.Message, StringComparison.Ordinal);
            Assert.Contains("--accept-faults", error.NextStep, StringComparison.Ordinal);
            var result = await RestoreAsync(found, new RestoreRequest { AcceptFaults = true });
            Assert.Equal(check, result.Checks.Single(c => c.Status == CheckStatus.Fail).Name);
            Assert.Equal(before, (await StateAsync()).Content);
            Assert.Equal(2, Events.Of<WarningRaised>().Count(w => w.Message.Contains(reason, StringComparison.Ordinal)));
        }
    }

    /// <summary>A run that fails goes back to it.</summary>
    protected async Task FailedRunGoesBackAsync(string make)
    {
        var (_, before) = await FillAsync(make);
        Migration("004_broken", "-- Transaction: none\nCREATE TABLE extra (id integer);\nnonsense;\n");
        var request = new ApplyRequest
        {
            Backup = new BackupRequest { Folder = Backups },
            RestoreOnFailure = true,
        };
        await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync(request));
        Assert.Equal(before, (await StateAsync()).Content);
    }

    private async Task<(string Fingerprint, string Content)> FillAsync(string make)
    {
        await FillAsync();
        await Database.ExecuteAsync(make);
        return await StateAsync();
    }

    /// <summary>Makes a manifest say something else of the source's faults.</summary>
    protected static async Task ForgetFaultsAsync(DatabaseBackup backup, string instead)
    {
        var path = backup.Path + ".manifest.json";
        var text = await File.ReadAllTextAsync(path);
        var begin = text.IndexOf("\"faults\": [", StringComparison.Ordinal);
        var end = text.IndexOf(']', begin) + 1;
        await File.WriteAllTextAsync(path, text[..begin] + instead + text[end..]);
    }
}

/// <summary>Faults of SQLite databases: programs decide for themselves whether their connections enforce foreign keys.</summary>
public sealed class SqliteSickSourceTests() : SickSourceConformance(DatabaseKind.Sqlite)
{
    private const string BrokenCheck =
        "CREATE TABLE k (x INT CHECK (x > 0)); PRAGMA ignore_check_constraints=ON; INSERT INTO k VALUES (-1), (-2), (3); "
        + "PRAGMA ignore_check_constraints=OFF;";

    private const string Orphan =
        "PRAGMA foreign_keys=OFF; CREATE TABLE k (b_id int REFERENCES b); INSERT INTO k VALUES (99), (98), (NULL), (1);";

    [Theory]
    [InlineData(Orphan, "'k' (b_id) to 'b': 2 rows have no parent in 'b': rowid 1, 2")]
    [InlineData(
        "PRAGMA foreign_keys=OFF; CREATE TABLE k (b_id int REFERENCES b (id)); CREATE INDEX i ON k (b_id); INSERT INTO k VALUES (99), (1);",
        "1 row has no parent in 'b': rowid 1"
    )]
    [InlineData(
        "PRAGMA foreign_keys=OFF; CREATE TABLE k (id text PRIMARY KEY REFERENCES b) WITHOUT ROWID; INSERT INTO k VALUES ('x'), ('1');",
        "'k' (id) to 'b': 1 row has no parent"
    )]
    [InlineData(
        "PRAGMA foreign_keys=OFF; CREATE TABLE p (x, y, UNIQUE (x, y)); CREATE TABLE k (x, y, FOREIGN KEY (x, y) "
            + "REFERENCES p (x, y)); INSERT INTO k VALUES (1, 2), (1, NULL);",
        "'k' (x, y) to 'p' (x, y): 1 row"
    )]
    [InlineData(
        "PRAGMA foreign_keys=OFF; CREATE TABLE k (x REFERENCES nowhere); INSERT INTO k VALUES (1);",
        "'k' (x) to 'nowhere': 1 row has no parent"
    )]
    [InlineData(
        "PRAGMA foreign_keys=OFF; CREATE TABLE p (x); CREATE TABLE k (x REFERENCES p (x)); INSERT INTO k VALUES (1);",
        "'k': its foreign keys can be neither checked nor enforced"
    )]
    public async Task Goes_there_and_back(string make, string named)
    {
        await GoesThereAndBackAsync(make, "foreign-keys", named);
    }

    [Theory]
    [InlineData(BrokenCheck, "CHECK constraint failed in k: 2 rows")]
    [InlineData(
        "CREATE TABLE k (x, y); INSERT INTO k VALUES (1, NULL); PRAGMA writable_schema=ON;"
            + " UPDATE sqlite_schema SET sql = 'CREATE TABLE k (x, y INT NOT NULL)' WHERE name = 'k'; PRAGMA writable_schema=RESET;",
        "NULL value in k.y: 1 row"
    )]
    [InlineData(
        "CREATE TABLE k (x INT); INSERT INTO k VALUES ('text'); PRAGMA writable_schema=ON;"
            + " UPDATE sqlite_schema SET sql = 'CREATE TABLE k (x INT) STRICT' WHERE name = 'k'; PRAGMA writable_schema=RESET;",
        "value in k.x: 1 row"
    )]
    public async Task Rows_that_break_their_own_rules_go_there_and_back(string make, string named)
    {
        await GoesThereAndBackAsync(make, "integrity", named);
    }

    [Fact]
    public Task Rows_that_break_a_check_go_there_and_back_as_a_script() =>
        GoesThereAndBackAsync(BrokenCheck, "integrity", "2 rows", BackupFormat.Sql);

    [Fact]
    public Task A_failed_run_goes_back_to_rows_that_break_a_check() => FailedRunGoesBackAsync(BrokenCheck);

    [Fact]
    public async Task Rows_that_were_not_looked_for_are_those_of_the_source()
    {
        await FillAsync();
        await Database.ExecuteAsync(BrokenCheck);
        var backup = await BackUpAsync();
        await ForgetFaultsAsync(backup, "\"faults\": []");
        var proof = await VerifyAsync(await Catalogue.FindAsync(backup.Path));
        Assert.True(proof.Proven, Open(proof));
        Assert.Equal("CHECK constraint failed in k", Assert.Single(proof.Backup.Faults!).Object);
        Assert.Contains(
            proof.Checks,
            c => c.Name == "integrity" && c.Status == CheckStatus.Warn && c.Message.Contains("The source had the same fault")
        );
    }

    [Fact]
    public Task Goes_there_and_back_as_a_script() =>
        GoesThereAndBackAsync(Orphan, "foreign-keys", "2 rows have no parent", BackupFormat.Sql);

    [Fact]
    public Task Added_faults_are_refused_unless_accepted() => AddedFaultsAreRefusedAsync(Orphan, "foreign-keys", "2 rows");

    [Fact]
    public Task A_failed_run_goes_back() => FailedRunGoesBackAsync(Orphan);

    [Fact]
    public async Task More_orphans_than_the_source_had_are_new()
    {
        await FillAsync();
        await Database.ExecuteAsync(Orphan);
        var backup = await BackUpAsync();
        var path = backup.Path + ".manifest.json";
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace("\"count\": 2", "\"count\": 1"));
        Assert.False((await VerifyAsync(await Catalogue.FindAsync(path))).Proven);
    }
}

/// <summary>
/// Faults of PostgreSQL databases: what a constraint, an index or a sequence does not yet say of the rows that are there.
/// </summary>
public sealed class PostgreSqlSickSourceTests() : SickSourceConformance(DatabaseKind.PostgreSql)
{
    private const string NotValid =
        "CREATE TABLE o (id int, amount int); INSERT INTO o VALUES (1, -5); ALTER TABLE o ADD CONSTRAINT positive CHECK "
        + "(amount > 0) NOT VALID;";
    private const string Behind = "CREATE TABLE s (id serial PRIMARY KEY, v text); INSERT INTO s (id) VALUES (100);";

    [Theory]
    [InlineData(NotValid, "unvalidated-constraints", "public.o.positive: not validated: CHECK ((amount > 0)) NOT VALID")]
    [InlineData(
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE k (p int); INSERT INTO k VALUES (9); ALTER TABLE k ADD "
            + "CONSTRAINT f FOREIGN KEY (p) REFERENCES p NOT VALID;",
        "unvalidated-constraints",
        "public.k.f: not validated"
    )]
    [InlineData(Behind, "sequences", "public.s_id_seq: the next number is 1, and public.s.id has 100 already")]
    [InlineData(
        "CREATE TABLE i (id bigint GENERATED BY DEFAULT AS IDENTITY, v text); INSERT INTO i VALUES (7);",
        "sequences",
        "public.i_id_seq"
    )]
    [InlineData(
        "CREATE TABLE p (a int) PARTITION BY RANGE (a); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9); "
            + "CREATE INDEX pi ON ONLY p (a);",
        "invalid-indexes",
        "public.pi: not valid, on public.p"
    )]
    [InlineData(
        "CREATE TABLE p (a int) PARTITION BY RANGE (a); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9); "
            + "CREATE INDEX pi ON ONLY p (a); CREATE INDEX p1i ON p1 (a);",
        "invalid-indexes",
        "public.pi: not valid"
    )]
    public Task Goes_there_and_back(string make, string check, string named) => GoesThereAndBackAsync(make, check, named);

    [Theory]
    [InlineData(NotValid, "unvalidated-constraints", "public.o.positive")]
    [InlineData(Behind, "sequences", "public.s_id_seq")]
    public Task Goes_there_and_back_as_a_script(string make, string check, string named) =>
        GoesThereAndBackAsync(make, check, named, BackupFormat.Sql);

    [Theory]
    [InlineData(NotValid, "unvalidated-constraints", "public.o.positive")]
    [InlineData(Behind, "sequences", "public.s_id_seq")]
    public Task Added_faults_are_refused_unless_accepted(string make, string check, string named) =>
        AddedFaultsAreRefusedAsync(make, check, named);

    [Theory]
    [InlineData(NotValid)]
    [InlineData(Behind)]
    public Task A_failed_run_goes_back(string make) => FailedRunGoesBackAsync(make);

    private const string Orphan =
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE k (p int CONSTRAINT f REFERENCES p ON DELETE CASCADE, b int "
        + "CONSTRAINT g REFERENCES p); INSERT INTO p VALUES (1);"
        + " SET session_replication_role = replica; INSERT INTO k VALUES (9, 1), (8, 7); RESET session_replication_role;";

    [Theory]
    [InlineData(BackupFormat.Native, 1)]
    [InlineData(BackupFormat.Native, 3)]
    [InlineData(BackupFormat.Sql, 1)]
    public async Task Orphans_behind_a_valid_key_go_there_and_back(BackupFormat format, int jobs)
    {
        await FillAsync();
        await Database.ExecuteAsync(Orphan);
        var (_, before) = await StateAsync();
        var backup = await BackUpAsync(r => r with { Format = format, Jobs = jobs });
        var proof = await VerifyAsync(backup);
        Assert.True(proof.Proven, Open(proof));
        Assert.Equal(["public.k.f", "public.k.g"], proof.Backup.Faults!.Select(f => f.Object).Order(StringComparer.Ordinal));
        Assert.Contains("public.k.f", proof.Checks.Single(c => c.Name == "schema").Message, StringComparison.Ordinal);
        var unvalidated = proof.Checks.Single(c => c.Name == "unvalidated-constraints");
        Assert.Equal(CheckStatus.Warn, unvalidated.Status);
        Assert.Contains("It is marked valid in the source", unvalidated.Message, StringComparison.Ordinal);

        await Database.ExecuteAsync("DROP TABLE b;");
        var result = await RestoreAsync(proof.Backup, new RestoreRequest { Jobs = jobs });
        Assert.Contains("2 foreign keys that rows of the source break are NOT VALID", result.How, StringComparison.Ordinal);
        Assert.Equal(CheckStatus.Warn, result.Checks.Single(c => c.Name == "unvalidated-constraints").Status);
        Assert.Equal(before, (await StateAsync()).Content);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => Database.ExecuteAsync("INSERT INTO k VALUES (77, 1)"));
    }

    [Fact]
    public Task A_failed_run_goes_back_to_orphans() => FailedRunGoesBackAsync(Orphan);

    [Fact]
    public async Task A_rehearsal_with_orphans_behind_a_valid_key_is_made()
    {
        await FillAsync();
        await Database.ExecuteAsync(Orphan);
        Migration("004_more", "CREATE TABLE more (id int);", "DROP TABLE more;");
        var report = await new Rehearsal(Kind.Driver, Target(), Folder).RunAsync(new RehearsalRequest { WithData = true });
        Assert.True(Assert.Single(report.Results).IsGood);
    }

    [Fact]
    public async Task What_else_a_restore_meets_beside_orphans_is_its_failure()
    {
        await FillAsync();
        await Database.ExecuteAsync(
            Orphan
                + "CREATE FUNCTION one(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN two($1); END'; CREATE FUNCTION "
                + "two(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1'; CREATE INDEX i ON k (one(p));"
        );
        var proof = await VerifyAsync(await BackUpAsync());
        Assert.False(proof.Proven);
        Assert.Contains("two(integer)", proof.Checks.Single(c => c.Name == "restore").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_invalid_index_is_reported_and_left_out()
    {
        await FillAsync();
        await Database.ExecuteAsync("CREATE TABLE d (a int); INSERT INTO d VALUES (1), (1);");
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() =>
            Database.ExecuteAsync("CREATE UNIQUE INDEX CONCURRENTLY d_a ON d (a)")
        );
        await Database.ExecuteAsync("COMMENT ON INDEX d_a IS 'unfinished'");

        var backup = await BackUpAsync();
        Assert.Equal(("invalid-indexes", "public.d_a"), Assert.Single(backup.Faults!.Select(f => (f.Kind, f.Object))));
        Assert.Contains(
            Events.Of<WarningRaised>(),
            w => w.Message.Contains("public.d_a: not valid, on public.d (a backup leaves it out)", StringComparison.Ordinal)
        );
        Assert.True((await VerifyAsync(backup)).Proven);
        await RestoreAsync(backup);

        Assert.Equal("2", await Database.ScalarAsync("SELECT count(*) FROM d"));
        Assert.Null(await Database.ScalarAsync("SELECT 1 FROM pg_class WHERE relname = 'd_a'"));
    }
}
