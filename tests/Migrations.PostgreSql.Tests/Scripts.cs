namespace Migrations.PostgreSql.Tests;

/// <summary>Scripts made from text.</summary>
internal static class Scripts
{
    public static MigrationScript Of(string text, MigrationHeader? header = null) =>
        new()
        {
            File = "/migrations/001_test.sql",
            Offset = 0,
            Length = text.Length,
            Checksum = "",
            IsEmpty = false,
            Header = header ?? MigrationHeader.Empty,
            Substituted = text,
        };

    public static string[] Split(string text) => [.. new PostgreSqlDialect().Split(Of(text)).Select(s => s.Text)];

    public static List<SqlPiece> Pieces(string text, int? partSize = null)
    {
        using var reader = new StringReader(text);
        return [.. PostgreSqlStatementReader.Read(reader, partSize: partSize)];
    }
}
