using Migrations.Databases;
using Migrations.Foreign;
using Xunit;

namespace Migrations.Core.Tests.Foreign;

public sealed class FlywayChecksumTests
{
    private const string Line = "alter table location_history add column valid_until timestamp with time zone;";

    [Theory]
    [InlineData(Line)]
    [InlineData(Line + "\n")]
    [InlineData(Line + "\r\n")]
    [InlineData("\uFEFF" + Line)]
    [InlineData("\uFEFF" + Line + "\r\n")]
    public void It_is_the_value_that_Flyway_printed(string text) => Assert.Equal(-1039259818, FlywayTool.Checksum(text));

    [Theory]
    [InlineData("a\nb\nc", "a\r\nb\r\nc\r\n")]
    [InlineData("a\nb\nc", "a\rb\rc")]
    public void Line_ends_do_not_count(string left, string right) => Assert.Equal(FlywayTool.Checksum(left), FlywayTool.Checksum(right));

    [Fact]
    public void Its_lock_is_made_from_the_name_of_its_table() =>
        Assert.Equal(
            77433833903597,
            new FlywayTool().LockKey(
                new ForeignTable
                {
                    Schema = "public",
                    Name = "flyway_schema_history",
                    Sql = "",
                    Columns = [],
                },
                "shop"
            )
        );
}
