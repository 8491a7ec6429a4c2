using System.Globalization;
using System.Text;
using Migrations.Folders;

namespace Migrations.PostgreSql;

/// <summary>
/// The password file, read as libpq does, whose programs are given the same connection
/// (<see href="https://www.postgresql.org/docs/current/libpq-pgpass.html"/>): one that is missing, is no regular file, or that others may
/// read is passed over, and so is a line that has too few fields.
/// </summary>
internal static class PasswordFile
{
    /// <summary>A file that has no password.</summary>
    public static string None { get; } = OperatingSystem.IsWindows() ? "NUL" : "/dev/null";

    private const UnixFileMode OfOthers =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    // Where libpq's own socket is: where nothing else was set, and in the packages of Debian and Red Hat.
    private static readonly string[] UsualSockets = ["/tmp", "/var/run/postgresql"];

    /// <summary>The password for a host; null when the file has none.</summary>
    /// <param name="file">The file that the connection names; null for the usual one.</param>
    /// <param name="host">The name of the host, or its address where it has none.</param>
    /// <param name="port">The port.</param>
    /// <param name="database">The database.</param>
    /// <param name="user">The user.</param>
    public static string? Find(string? file, string? host, int port, string? database, string? user)
    {
        if (string.IsNullOrEmpty(host) || UsualSockets.Contains(host, StringComparer.Ordinal))
            host = "localhost";
        string[] wanted = [host, port.ToString(CultureInfo.InvariantCulture), database ?? "", user ?? ""];
        foreach (var line in Lines(string.IsNullOrEmpty(file) ? Usual() : file))
        {
            var rest = line.StartsWith('#') ? null : line;
            foreach (var field in wanted)
                rest = rest is null ? null : Match(rest, field);
            if (rest is not null)
                return Unescape(rest);
        }

        return null;
    }

    private static string Usual() =>
        LibpqVariables.Of("PGPASSFILE")
        ?? (
            OperatingSystem.IsWindows()
                ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "postgresql", "pgpass.conf")
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pgpass")
        );

    private static string[] Lines(string file)
    {
        try
        {
            if (!File.Exists(file) || RegularFile.OtherKind(file) is not null)
                return [];
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & OfOthers) != UnixFileMode.None)
                return [];
            // A mark at the beginning is a part of the first line.
            return Encoding.UTF8.GetString(File.ReadAllBytes(file)).Split('\n').Select(l => l.TrimEnd('\r')).ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>What follows a field that is this one, or any; null when it is another.</summary>
    private static string? Match(string line, string field)
    {
        if (line.StartsWith("*:", StringComparison.Ordinal))
            return line[2..];
        var at = 0;
        foreach (var letter in field)
        {
            if (at < line.Length && line[at] == '\\')
                at++;
            if (at >= line.Length || line[at++] != letter)
                return null;
        }

        return at < line.Length && line[at] == ':' ? line[(at + 1)..] : null;
    }

    private static string Unescape(string text)
    {
        var password = new StringBuilder();
        for (var i = 0; i < text.Length && text[i] != ':'; i++)
            password.Append(text[i] == '\\' && i + 1 < text.Length ? text[++i] : text[i]);
        return password.ToString();
    }
}
