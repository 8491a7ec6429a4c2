using Migrations.Databases;
using Migrations.Integrity;
using Xunit;

namespace Migrations.Core.Tests.Integrity;

public sealed class ValueComparisonTests
{
    [Theory]
    [InlineData(new long[] { 1, 2 }, new long[] { 1, 3 }, "values differ in t: 1 row")]
    [InlineData(new long[] { 1, 2, 2 }, new long[] { 2 }, "values differ in t: 2 rows missing")]
    [InlineData(new long[] { 1 }, new long[] { 1, 1 }, "values differ in t: 1 row extra")]
    [InlineData(new long[] { 1, 2, 3 }, new long[] { 4 }, "values differ in t: 1 row, 2 rows missing")]
    [InlineData(null, new long[] { 4 }, "values differ in t: 7 rows missing, too many rows to count the differences")]
    public void Rows_are_counted_without_a_key(long[]? before, long[] after, string sentence)
    {
        var was = new TableValues("t", before?.Length ?? 8, "a", before);

        Assert.Equal(sentence, Assert.Single(ValueComparison.Compare([was], [new TableValues("t", after.Length, "b", after)])).ToString());
        Assert.Empty(ValueComparison.Compare([was], [was with { }]));
        Assert.Empty(ValueComparison.Compare([was], []));
    }

    [Theory]
    [InlineData("CREATE INDEX i ON t ( a )", ValueEffect.None)]
    [InlineData("CREATE TRIGGER t_i AFTER INSERT ON t BEGIN DELETE FROM u ; END", ValueEffect.None)]
    [InlineData("CREATE TEMP TABLE n AS SELECT f ( )", ValueEffect.Calls)]
    [InlineData("SELECT setval ( 's' , 1 )", ValueEffect.Calls)]
    [InlineData("WITH n AS ( SELECT 1 ) SELECT 2", ValueEffect.Calls)]
    [InlineData("WITH n AS ( DELETE FROM t RETURNING a ) SELECT 2", ValueEffect.Writes)]
    [InlineData("REPLACE INTO t VALUES ( 1 )", ValueEffect.Writes)]
    [InlineData("MERGE INTO t USING u ON a = b WHEN MATCHED THEN DELETE", ValueEffect.Writes)]
    [InlineData("CALL p ( )", ValueEffect.Writes)]
    [InlineData("IMPORT FOREIGN SCHEMA s", ValueEffect.Writes)]
    [InlineData("ALTER TABLE t ADD COLUMN a text", ValueEffect.Writes)]
    [InlineData("ALTER TABLE t ADD a text", ValueEffect.Writes)]
    [InlineData("ALTER TABLE t ADD CONSTRAINT c CHECK ( add > 0 )", ValueEffect.None)]
    [InlineData("ALTER TABLE t DROP a", ValueEffect.Writes)]
    [InlineData("ALTER TABLE t ALTER COLUMN a DROP NOT NULL", ValueEffect.None)]
    [InlineData("ALTER TABLE t ALTER a SET DATA TYPE text", ValueEffect.Writes)]
    [InlineData("ALTER TABLE t ALTER COLUMN type TYPE text", ValueEffect.Writes)]
    [InlineData("ALTER TABLE t RENAME COLUMN type TO kind", ValueEffect.Renames)]
    [InlineData("ALTER TYPE y ADD VALUE 'z'", ValueEffect.None)]
    [InlineData("ALTER TYPE y DROP ATTRIBUTE a CASCADE", ValueEffect.Cascades)]
    [InlineData("ALTER EXTENSION e UPDATE", ValueEffect.Hidden)]
    [InlineData("DROP TABLE t", ValueEffect.Writes)]
    [InlineData("DROP SCHEMA s CASCADE", ValueEffect.TakesSchema)]
    [InlineData("DROP VIEW v", ValueEffect.None)]
    [InlineData("DROP TYPE y CASCADE", ValueEffect.Cascades)]
    [InlineData("DROP OWNED BY r", ValueEffect.Hidden)]
    [InlineData("PRAGMA foreign_keys = OFF", ValueEffect.None)]
    [InlineData("PRAGMA WRITABLE_SCHEMA = ON", ValueEffect.Hidden)]
    [InlineData("DO 'END'", ValueEffect.Hidden)]
    [InlineData("DO LANGUAGE PLPGSQL 'END'", ValueEffect.Hidden)]
    [InlineData("DO LANGUAGE PLPYTHON3U BEGIN NULL ; END", ValueEffect.Hidden)]
    [InlineData("DO BEGIN CREATE TYPE y AS ENUM ( ) ; END", ValueEffect.Calls)]
    [InlineData("DO BEGIN UPDATE t SET a = 1 ; END", ValueEffect.Writes)]
    [InlineData("DO BEGIN EXECUTE 'x' ; END", ValueEffect.Hidden)]
    [InlineData("GRANT EXECUTE ON FUNCTION f TO r", ValueEffect.None)]
    [InlineData("", ValueEffect.None)]
    internal void What_a_statement_can_do_to_values_is_judged_by_its_words(string words, ValueEffect effect) =>
        Assert.Equal(effect, StatementEffect.Of([.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)]));
}
