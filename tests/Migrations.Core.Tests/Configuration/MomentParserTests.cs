using Migrations.Configuration;
using Xunit;

namespace Migrations.Core.Tests.Configuration;

public sealed class MomentParserTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.FromHours(2));

    [Theory]
    [InlineData("2026-11-01", "2026-11-01T00:00:00+02:00")]
    [InlineData(" 2026-11-01 14:30 ", "2026-11-01T14:30:00+02:00")]
    [InlineData("2026-11-01T14:30:05", "2026-11-01T14:30:05+02:00")]
    [InlineData("2026-11-01T14:30:05.25", "2026-11-01T14:30:05.25+02:00")]
    [InlineData("2026-11-01T14:30Z", "2026-11-01T14:30:00+00:00")]
    [InlineData("2026-11-01T14:30:05.25Z", "2026-11-01T14:30:05.25+00:00")]
    [InlineData("2026-11-01T14:30:00-05:00", "2026-11-01T14:30:00-05:00")]
    [InlineData("7d", "2026-11-23T12:00:00+02:00")]
    [InlineData("24h", "2026-11-29T12:00:00+02:00")]
    [InlineData("30m", "2026-11-30T11:30:00+02:00")]
    public void A_moment_is_read(string text, string expected)
    {
        Assert.True(MomentParser.TryParse(text, Now, out var moment));
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), moment);
    }

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("2026")]
    [InlineData("2026-13-01")]
    [InlineData("01/11/2026")]
    [InlineData("-3d")]
    [InlineData("99999999d")]
    [InlineData("yesterday")]
    public void Anything_else_is_not(string text) => Assert.False(MomentParser.TryParse(text, Now, out _));
}
