using System.Globalization;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Migrations.Core.Tests.Model;

public sealed class MigrationVersionTests
{
    /// <summary>
    /// Versions as files write them: one to four numbers of up to 25 digits, with leading zeros, between dots or underscores.
    /// </summary>
    private static readonly Gen<string> Texts =
        from count in Gen.Choose(1, 4)
        from parts in Gen.OneOf(
                Gen.Choose(0, 12).Select(n => n.ToString(CultureInfo.InvariantCulture)),
                Gen.Elements("00", "01", "0010", "20240101120000", "99999999999999999999", "0099999999999999999999999")
            )
            .ArrayOf(count)
        from separator in Gen.Elements('.', '_')
        select string.Join(separator, parts);

    private static readonly Arbitrary<string> Arbitrary = Texts.ToArbitrary();
    private static readonly Arbitrary<(string, string, string)> Triples = (
        from a in Texts
        from b in Texts
        from c in Texts
        select (a, b, c)
    ).ToArbitrary();

    [Theory]
    [InlineData("2", "10")]
    [InlineData("1.2", "1.10")]
    [InlineData("1", "1.0.1")]
    [InlineData("1_2", "1.3")]
    [InlineData("009", "10")]
    [InlineData("0", "0.0.1")]
    [InlineData("20251019143000", "20251019143001")]
    [InlineData("18446744073709551615", "18446744073709551616")]
    [InlineData("99999999999999999999", "100000000000000000000")]
    [InlineData("003", "20240101000000")]
    public void Numbers_decide(string less, string greater)
    {
        var (left, right) = (MigrationVersion.Parse(less), MigrationVersion.Parse(greater));

        Assert.True(left < right && left <= right && right > left && right >= left && left != right);
        Assert.False(left > right || left >= right || left == right || left.Equals(right));
    }

    [Theory]
    [InlineData("1", "1.0", "1")]
    [InlineData("001", "1", "1")]
    [InlineData("1_2", "1.2", "1.2")]
    [InlineData("0", "0.0", "0")]
    [InlineData("1.02.0", "1.2", "1.2")]
    [InlineData("1.0.2", "01.00.02", "1.0.2")]
    public void Leading_zeros_and_trailing_zero_parts_do_not_count(string left, string right, string key)
    {
        Assert.Equal(MigrationVersion.Parse(left), MigrationVersion.Parse(right));
        Assert.Equal(MigrationVersion.Parse(left).GetHashCode(), MigrationVersion.Parse(right).GetHashCode());
        Assert.Equal(key, MigrationVersion.Parse(left).Key);
        Assert.Equal(MigrationKey.Of(MigrationVersion.Parse(left)), MigrationKey.Of(MigrationVersion.Parse(right)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("1.")]
    [InlineData(".1")]
    [InlineData("1..2")]
    [InlineData("1.a")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1-2")]
    [InlineData("v1")]
    [InlineData("١")]
    public void Everything_else_is_no_version(string? text)
    {
        Assert.False(MigrationVersion.TryParse(text, out var version));
        Assert.Null(version);
    }

    [Fact]
    public void Parse_says_what_is_no_version() =>
        Assert.Contains("'1.x'", Assert.Throws<FormatException>(() => MigrationVersion.Parse("1.x")).Message, StringComparison.Ordinal);

    [Fact]
    public void The_text_stays_as_written()
    {
        Assert.Equal(
            ("001.020", "001.020", 2),
            (
                MigrationVersion.Parse("001_020").Text,
                MigrationVersion.Parse("001_020").ToString(),
                MigrationVersion.Parse("001_020").PartCount
            )
        );
        Assert.Equal(1, MigrationVersion.Parse("1").CompareTo((MigrationVersion?)null));
        Assert.True(null < MigrationVersion.Parse("0"));
        Assert.Throws<ArgumentException>(() => MigrationVersion.Parse("1").CompareTo((object)"1"));
    }

    [Fact]
    public void The_order_is_that_of_the_numbers() =>
        Prop.ForAll(
                Triples,
                texts =>
                    Math.Sign(MigrationVersion.Parse(texts.Item1).CompareTo(MigrationVersion.Parse(texts.Item2)))
                    == Math.Sign(CompareNumbers(texts.Item1, texts.Item2))
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_is_total() =>
        Prop.ForAll(
                Triples,
                texts =>
                {
                    var (a, b, c) = (
                        MigrationVersion.Parse(texts.Item1),
                        MigrationVersion.Parse(texts.Item2),
                        MigrationVersion.Parse(texts.Item3)
                    );
                    var antisymmetric = Math.Sign(a.CompareTo(b)) == -Math.Sign(b.CompareTo(a));
                    var transitive = !(a <= b && b <= c) || a <= c;
                    var consistent = a.CompareTo(b) == 0 == a.Equals(b) && (!a.Equals(b) || a.GetHashCode() == b.GetHashCode());
                    return antisymmetric && transitive && consistent;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_key_is_a_version_equal_to_it() =>
        Prop.ForAll(
                Arbitrary,
                text =>
                {
                    var version = MigrationVersion.Parse(text);
                    return MigrationVersion.Parse(version.Key) == version && MigrationVersion.Parse(version.Key).Key == version.Key;
                }
            )
            .QuickCheckThrowOnFailure();

    private static int CompareNumbers(string left, string right)
    {
        var (a, b) = (Numbers(left), Numbers(right));
        for (var i = 0; i < Math.Max(a.Length, b.Length); i++)
        {
            var order = (i < a.Length ? a[i] : 0).CompareTo(i < b.Length ? b[i] : 0);
            if (order != 0)
                return order;
        }

        return 0;
    }

    private static BigInteger[] Numbers(string text) =>
        [.. text.Split('.', '_').Select(p => BigInteger.Parse(p, CultureInfo.InvariantCulture))];
}
