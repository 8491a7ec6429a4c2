using System.Text;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Names and definitions of a database whose encoding is SQL_ASCII, which means no encoding: it holds any bytes, and the server refuses to
/// send those
/// that are not UTF-8 (<see href="https://www.postgresql.org/docs/current/multibyte.html#MULTIBYTE-CHARSET-SUPPORTED"/>). They are sent
/// with each such byte as three octal digits.
/// </summary>
internal static class RawText
{
    // No text of the catalogue begins with it.
    private const char Mark = '\u0001';
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether a database holds bytes of no encoding.</summary>
    public static bool IsIn(NpgsqlConnection connection) =>
        string.Equals(connection.PostgresParameters.GetValueOrDefault("server_encoding"), "SQL_ASCII", StringComparison.Ordinal);

    /// <summary>A column of a query, in a form that can be sent.</summary>
    public static string Sent(string column) =>
        $"CASE WHEN {column} ~ ('[^' || chr(1) || '-' || chr(127) || ']') THEN chr(1) || encode(convert_to({column}, "
        + $"'SQL_ASCII'), 'escape') ELSE {column} END";

    /// <summary>The text of a column: as UTF-8 where it is that, and with its octal digits where it is not.</summary>
    public static string Read(string sent)
    {
        if (sent is not [Mark, ..])
            return sent;
        try
        {
            return Strict.GetString(Bytes(sent.AsSpan(1)));
        }
        catch (DecoderFallbackException)
        {
            return sent[1..];
        }
    }

    /// <summary>Whether a text has bytes that are not UTF-8, so that no statement can name it.</summary>
    public static bool IsRaw(string sent) => sent is [Mark, ..] && string.Equals(Read(sent), sent[1..], StringComparison.Ordinal);

    private static byte[] Bytes(ReadOnlySpan<char> escaped)
    {
        var bytes = new List<byte>(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '\\')
            {
                bytes.Add((byte)escaped[i]);
            }
            else if (escaped[i + 1] == '\\')
            {
                bytes.Add((byte)escaped[++i]);
            }
            else
            {
                bytes.Add((byte)(((escaped[i + 1] - '0') * 64) + ((escaped[i + 2] - '0') * 8) + (escaped[i + 3] - '0')));
                i += 3;
            }
        }

        return [.. bytes];
    }
}
