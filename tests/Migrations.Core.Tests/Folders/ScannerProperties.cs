using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Migrations.Folders;
using Xunit;

namespace Migrations.Core.Tests.Folders;

/// <summary>What is found in a file never depends on how it arrives.</summary>
public sealed class ScannerProperties
{
    private static readonly string[] Fragments =
    [
        "-- Up Migration",
        "-- Down Migration",
        "-- +goose Up",
        "-- +goose Down",
        "-- migrate:up",
        "-- Transaction: none",
        "/* a",
        "/*",
        "*/",
        "*",
        "/",
        "-",
        "--",
        "SELECT 1;",
        ";",
        " ",
        "\n",
        "\r\n",
        "\r",
        "\n\n",
        "ä",
        "-- Timeout: 5s",
        "\t",
        "-- +goose NO TRANSACTION",
    ];

    private static readonly Arbitrary<string> Texts = Gen.Elements(Fragments).ListOf().Select(string.Concat).ToArbitrary();

    [Fact]
    public void Line_by_line_gives_the_same_as_all_at_once() =>
        Prop.ForAll(
                Texts,
                text =>
                {
                    var whole = Scan([text]);
                    var lines = Scan(text.SplitAfter('\n'));
                    return whole.Equals(lines, StringComparison.Ordinal);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Sections_and_markers_joined_give_the_file_back() =>
        Prop.ForAll(
                Texts,
                text =>
                {
                    using var scanner = new ScriptScanner();
                    var bytes = Encoding.UTF8.GetBytes(text);
                    scanner.Start("x.sql", SectionRule.Read, isDown: false, 0);
                    scanner.Append(bytes);
                    var found = scanner.Finish();
                    var end = found.Main.Offset + found.Main.Length;
                    var checksum = Sha256.Of(
                        Encoding.UTF8.GetString(bytes[(int)found.Main.Offset..(int)end]).Replace("\r\n", "\n", StringComparison.Ordinal)
                    );
                    var line = text[..Encoding.UTF8.GetString(bytes[..(int)found.Main.Offset]).Length].Count(c => c == '\n') + 1;
                    return end <= bytes.Length
                        && (found.Down is not null || found.Main.Last.Offset + found.Main.Last.Length == bytes.Length)
                        && checksum == found.Main.Checksum
                        && line == found.Main.FirstLine;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_hash_does_not_depend_on_the_pieces() =>
        Prop.ForAll(
                Texts,
                ArbMap.Default.ArbFor<PositiveInt>(),
                (text, size) =>
                {
                    using var hash = new NormalizedHash();
                    foreach (var piece in Encoding.UTF8.GetBytes(text).Chunk(size.Get))
                        hash.Append(piece);
                    return hash.Finish() == Sha256.Of(text.Replace("\r\n", "\n", StringComparison.Ordinal));
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Leading_comments_do_not_depend_on_the_pieces() =>
        Prop.ForAll(Texts, ArbMap.Default.ArbFor<PositiveInt>(), (text, size) => Comments(text, size.Get) == Comments(text, int.MaxValue))
            .QuickCheckThrowOnFailure();

    private static (bool, int, MigrationHeader) Comments(string text, int size)
    {
        var header = new HeaderBuilder(MigrationHeader.Empty, "x.sql");
        var comments = new LeadingComments();
        comments.Start(1, header);
        foreach (var piece in Encoding.UTF8.GetBytes(text).Chunk(size))
            comments.Append(piece);
        comments.Finish();
        return (comments.IsEmpty, comments.StatementLine, header.Header);
    }

    private static string Scan(IEnumerable<string> pieces)
    {
        using var scanner = new ScriptScanner();
        scanner.Start("x.sql", SectionRule.Read, isDown: false, 0);
        foreach (var piece in pieces)
            scanner.Append(Encoding.UTF8.GetBytes(piece));
        var found = scanner.Finish();
        return string.Join('\n', found.Problems) + found.Main.ToScript("x.sql") + found.Down?.ToScript("x.sql") + found.Dialect;
    }
}

internal static class Splitting
{
    /// <summary>The pieces of a text, each ending with the separator, but for the last one.</summary>
    public static IEnumerable<string> SplitAfter(this string text, char separator)
    {
        var at = 0;
        while (at < text.Length)
        {
            var end = text.IndexOf(separator, at) is >= 0 and var found ? found + 1 : text.Length;
            yield return text[at..end];
            at = end;
        }
    }
}
