using System.Globalization;
using System.Text;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Which characters a database can store: those of its encoding (<see
/// href="https://www.postgresql.org/docs/current/multibyte.html#MULTIBYTE-CHARSET-SUPPORTED"/>). A comment may hold others, and the server
/// refuses them only once it is to store the script.
/// </summary>
internal static class ServerEncoding
{
    /// <summary>Whether the database can store a text. True where that is not known: then the server says so.</summary>
    public static bool CanStore(NpgsqlConnection connection, string text) =>
        Encode(connection, text, EncoderFallback.ExceptionFallback) is not null;

    /// <summary>A text with a question mark for each character that the database cannot store.</summary>
    public static string? Storable(NpgsqlConnection connection, string? text) =>
        text is null || CanStore(connection, text) ? text : Encode(connection, text, new EncoderReplacementFallback("?"));

    private static string? Encode(NpgsqlConnection connection, string text, EncoderFallback fallback)
    {
        if (Ascii.IsValid(text) || Of(connection.PostgresParameters.GetValueOrDefault("server_encoding"), fallback) is not { } encoding)
            return text;
        try
        {
            return encoding.GetString(encoding.GetBytes(text));
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }

    private static Encoding? Of(string? name, EncoderFallback fallback)
    {
        var page = name switch
        {
            "LATIN1" => 28591,
            "LATIN2" or "LATIN3" or "LATIN4" => 28590 + (name[^1] - '0'),
            "LATIN5" => 28599,
            "LATIN9" => 28605,
            "ISO_8859_5" or "ISO_8859_6" or "ISO_8859_7" or "ISO_8859_8" => 28590 + (name[^1] - '0'),
            "KOI8R" => 20866,
            "KOI8U" => 21866,
            _ when name?.StartsWith("WIN", StringComparison.Ordinal) == true
                    && int.TryParse(name.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var windows) => windows,
            _ => 0,
        };
        return page switch
        {
            0 => null,
            28591 => Encoding.GetEncoding(page, fallback, DecoderFallback.ReplacementFallback),
            _ => CodePagesEncodingProvider.Instance.GetEncoding(page, fallback, DecoderFallback.ReplacementFallback),
        };
    }
}
