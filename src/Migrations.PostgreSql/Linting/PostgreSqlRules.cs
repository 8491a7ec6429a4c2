using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>The rules for PostgreSQL.</summary>
internal sealed class PostgreSqlRules : ILintRules
{
    private const string Manual = "https://www.postgresql.org/docs/current/";
    private const string AlterTable = Manual + "sql-altertable.html";
    private const string Locks = Manual + "explicit-locking.html#LOCKING-TABLES";
    private const string MadeOrSmall = "The same run makes the table, or it is small.";

    private static readonly LintRule[] All =
    [
        CommonRules.CannotRun(Manual + "sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY"),
        new(
            "index-not-concurrent",
            "CREATE INDEX holds a lock up to its end under which no one can write to the table.",
            MadeOrSmall + " ON ONLY of a partitioned table builds nothing.",
            "Build it with CONCURRENTLY, in a migration of its own.",
            Manual + "sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY"
        ),
        new(
            "foreign-key-at-once",
            "A new foreign key looks up all rows while no one can write to either table.",
            MadeOrSmall + " The columns are new and have no value yet.",
            "Add it NOT VALID, which reads no rows, and validate it in the next migration.",
            AlterTable + "#SQL-ALTERTABLE-NOTES"
        ),
        new(
            "check-at-once",
            "A new CHECK reads all rows while no one can read or write the table.",
            MadeOrSmall,
            "Add it NOT VALID, which reads no rows, and validate it in the next migration.",
            AlterTable + "#SQL-ALTERTABLE-NOTES"
        ),
        new(
            "validate-at-once",
            "VALIDATE CONSTRAINT reads all rows beside readers and writers; but the transaction that added the constraint "
                + "still keeps them off.",
            MadeOrSmall + " The script runs without a transaction.",
            "Validate it in the next migration.",
            AlterTable + "#SQL-ALTERTABLE-NOTES"
        ),
        new(
            "unique-without-index",
            "A new UNIQUE or PRIMARY KEY builds its index while no one can read or write the table.",
            MadeOrSmall + " USING INDEX takes an index that is there.",
            "Build a unique index with CONCURRENTLY, and make the constraint of it.",
            AlterTable
        ),
        new(
            "set-not-null",
            "SET NOT NULL reads all rows while no one can read or write the table, and fails when one has a NULL.",
            MadeOrSmall + " A valid CHECK (c IS NOT NULL) proves it without reading, or the column is NOT NULL already.",
            "Add such a check NOT VALID, validate it in the next migration, and set NOT NULL in the one after it.",
            AlterTable
        ),
        new(
            "column-type",
            "The new type is stored in another way, so all rows and the indexes of the column are written again while no one can read or "
                + "write the table. Another collation writes the indexes again.",
            MadeOrSmall + " The rows stay as they are: a longer varchar, varchar to text, a wider numeric of the same scale.",
            "Add a column of the new type, write both, fill it, and drop the old one in a later migration.",
            AlterTable + "#SQL-ALTERTABLE-NOTES"
        ),
        new(
            "add-column-rewrites",
            "A volatile default, a stored generated value or numbers from a sequence are computed for each row that is there, while no one "
                + "can read or write the table.",
            MadeOrSmall + " A constant, or now(), is computed once and stored once.",
            "Add the column without the default, set the default for new rows, and fill the old ones in batches.",
            AlterTable + "#SQL-ALTERTABLE-NOTES"
        ),
        new(
            "rewrites-table",
            "CLUSTER, VACUUM FULL, SET LOGGED and SET TABLESPACE write the whole table again while no one can read or write it.",
            MadeOrSmall,
            "VACUUM without FULL makes room for new rows; pg_repack writes a table again beside readers and writers.",
            Manual + "sql-vacuum.html"
        ),
        new(
            "reindex-not-concurrent",
            "REINDEX builds an index again while no one can write to its table, nor read it with that index.",
            MadeOrSmall + " The same run makes the index.",
            "REINDEX ... CONCURRENTLY, in a migration of its own.",
            Manual + "sql-reindex.html#SQL-REINDEX-CONCURRENTLY"
        ),
        new(
            "alter-apart",
            "Several statements write all rows of the same table again one after another, where one with several actions does it once.",
            MadeOrSmall,
            "Write the actions into one ALTER TABLE.",
            AlterTable
        ),
        CommonRules.DataAndSchema(
            Locks,
            "What changes the schema keeps everyone off its table up to the end of the transaction, and so as long as the rows take."
        ),
        CommonRules.AddColumnNotNull(AlterTable),
        CommonRules.DropTable(Manual + "sql-droptable.html"),
        CommonRules.DropColumn(AlterTable),
        CommonRules.RenameTable(AlterTable),
        CommonRules.RenameColumn(AlterTable),
        new(
            "drop-not-null",
            "Programs that read the column may not expect NULL.",
            "The same run makes the table or the column, or the column can be NULL already.",
            "Let programs expect NULL first.",
            AlterTable
        ),
        new(
            "enum-value",
            "A value of an enumeration gets another name or is left out, while programs still write the old one.",
            "The same run makes the type.",
            "Add the new value, let programs understand both, change the rows, and stop using the old one.",
            Manual + "sql-altertype.html"
        ),
        CommonRules.UpdateAllRows(Manual + "sql-update.html"),
        CommonRules.DeleteAllRows(Manual + "sql-truncate.html"),
        new(
            "name-too-long",
            "The server cuts names off after 63 bytes: the object has another name than the script says, and two names may become one.",
            "Never.",
            "Write a name of at most 63 bytes.",
            Manual + "sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS"
        ),
        new(
            "lock-timeout-off",
            "A statement that waits for a lock without end blocks everyone behind it. A run sets a timeout of its own and tries again; the "
                + "script switches that off.",
            "Never.",
            "Leave it out; where more time is needed, write 'Lock-Timeout: 30s' into the header.",
            Manual + "runtime-config-client.html#GUC-LOCK-TIMEOUT"
        ),
        CommonRules.NoDown(Manual + "ddl.html"),
        CommonRules.DestructiveDown(Manual + "ddl.html"),
        CommonRules.AllowInvalid(Manual + "sql-syntax-lexical.html#SQL-SYNTAX-COMMENTS"),
    ];

    /// <summary>The one instance.</summary>
    public static PostgreSqlRules Instance { get; } = new();

    private PostgreSqlRules() { }

    /// <inheritdoc/>
    public IReadOnlyList<LintRule> Rules => All;

    /// <inheritdoc/>
    public ILintReader Open(LintFacts facts) => new PostgreSqlLintReader(facts);

    /// <inheritdoc/>
    public async Task<LintFacts> AskAsync(IReadOnlyCollection<string> tables, Func<string, Task<IReadOnlyList<IReadOnlyList<string?>>>> ask)
    {
        var rows = await ask(TableFacts.Question(tables)).ConfigureAwait(false);
        return new LintFacts { Tables = TableFacts.Read(rows) };
    }
}
