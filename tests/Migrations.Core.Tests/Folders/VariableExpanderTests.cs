using Migrations.Folders;
using Xunit;

namespace Migrations.Core.Tests.Folders;

public sealed class VariableExpanderTests
{
    private static readonly VariableExpander Expander = new(name =>
        name switch
        {
            "NAME" => "value",
            "EMPTY" => "",
            _ => null,
        }
    );

    [Theory]
    [InlineData("no variables", "no variables")]
    [InlineData("$NAME ${NAME}", "value value")]
    [InlineData("a$NAME.b", "avalue.b")]
    [InlineData("${NAME:-x}", "value")]
    [InlineData("${NOT_SET:-x y}", "x y")]
    [InlineData("${EMPTY:-x}", "x")]
    [InlineData("${EMPTY-x}", "")]
    [InlineData("${NOT_SET-x}", "x")]
    [InlineData("${NOT_SET:-}", "")]
    [InlineData("${NOT_SET:-${NAME}}", "value")]
    [InlineData("${NAME:-${NOT_SET}}", "value")]
    [InlineData("${NAME?must be set}", "value")]
    [InlineData("${NAME:1}", "alue")]
    [InlineData("${NAME:1:2}", "al")]
    [InlineData("${NAME:-2}", "value")]
    [InlineData("${NAME: -2}", "ue")]
    [InlineData("${NAME:9}", "")]
    [InlineData("$$ \\$ $(x) \\\\", "$ $ $(x) \\\\")]
    [InlineData("costs 5$", "costs 5$")]
    [InlineData("5$\r\n", "5$\r\n")]
    public void Forms(string line, string expected) => Assert.Equal(expected, Expander.Expand(line));

    [Theory]
    [InlineData("$NOT_SET", "'NOT_SET' is not set")]
    [InlineData("${NOT_SET}", "'NOT_SET' is not set")]
    [InlineData("${NOT_SET?give it}", "give it")]
    [InlineData("${NAME", "no closing brace")]
    [InlineData("${NAME!x}", "operator")]
    [InlineData("${NAME:x}", "must be followed by a number")]
    [InlineData("$1", "'$$'")]
    [InlineData("${}", "'$$'")]
    public void What_cannot_be_filled_in_is_an_error(string line, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => Expander.Expand(line)).Message, StringComparison.Ordinal);
}
