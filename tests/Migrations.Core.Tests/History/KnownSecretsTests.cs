using Migrations.History;
using Xunit;

namespace Migrations.Core.Tests.History;

/// <summary>The values of secret variables, however a database repeats them.</summary>
public sealed class KnownSecretsTests
{
    private static readonly string Long = string.Concat("LongSecret_", new string('x', 90));

    public static TheoryData<string> Texts =>
        [
            "near 'Hidden_Value_17': syntax error",
            "relation \"hidden_value_17\" does not exist",
            "HIDDEN_VALUE_17",
            $"identifier \"{Long}\" will be truncated to \"{Long[..63]}\"",
            $"relation \"{Long[..63].ToLowerInvariant()}\" does not exist",
        ];

    [Theory]
    [InlineData("qzj", "aqzjb", "a***b")]
    [InlineData("qz", "aqzb qz", "aqzb ***")]
    public void Only_values_of_two_characters_are_shown_within_words(string value, string text, string shown)
    {
        KnownSecrets.Add([value]);
        Assert.Equal(shown, KnownSecrets.Hide(text));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void It_is_hidden_in_any_case_and_cut_as_a_name(string text)
    {
        KnownSecrets.Add(["Hidden_Value_17", Long]);
        var shown = KnownSecrets.Hide(text);
        Assert.Contains("***", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden_value", shown, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("longsecret", shown, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(text.Length, KnownSecrets.Cover(text).Length);
    }
}
