using Migrations.Databases;
using Migrations.Foreign;
using Xunit;

namespace Migrations.Core.Tests.Foreign;

/// <summary>The keys of other tools' advisory locks, computed apart from this code.</summary>
public sealed class LockKeyTests
{
    [Theory]
    [InlineData("flyway", "flyway_schema_history", 77433833903597L)]
    [InlineData("golang-migrate", "schema_migrations", 3689236698L)]
    [InlineData("sqlx", "_sqlx_migrations", 2969972169318647292L)]
    [InlineData("evolve", "changelog", 12345L)]
    [InlineData("prisma", "_prisma_migrations", 72707369L)]
    [InlineData("node-pg-migrate", "pgmigrations", 7241865325823964L)]
    [InlineData("goose", "goose_db_version", 4097083626L)]
    [InlineData("dbmate", "schema_migrations", null)]
    public void They_are_those_of_the_tool(string tool, string table, long? expected) =>
        Assert.Equal(
            expected,
            ForeignTools
                .Find(tool)!
                .LockKey(
                    new ForeignTable
                    {
                        Schema = "public",
                        Name = table,
                        Sql = table,
                        Columns = [],
                    },
                    "shop"
                )
        );
}
