using Microsoft.Data.Sqlite;
using Migrations.Databases;

namespace Migrations.Sqlite;

/// <summary>
/// Reads what a user gave as a database: a path, a <c>sqlite:</c> or <c>file:</c> address, or a connection string as Microsoft.Data.Sqlite
/// knows them.
/// </summary>
internal static class SqliteTarget
{
    public const string Memory = ":memory:";

    private const string KnownForms =
        "Write postgres://user:password@host:5432/database (with %-codes for special characters) or "
        + "Host=...;Username=...;Password=...;Database=... for PostgreSQL; "
        + "for SQLite a path (data/app.db), sqlite:data/app.db, or Data Source=data/app.db. A path that looks like "
        + "something else is written sqlite:<path>.";

    /// <summary>Reads a target; null when the text is meant for another engine.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/></exception>
    public static DatabaseTarget? Parse(string text, string baseFolder)
    {
        text = text.Trim();
        if (text.Length == 0)
            throw Invalid("No database was given: the text is empty.");
        if (IsPostgreSql(text))
            return null;
        var path =
            SchemeOf(text) is { } scheme ? ReadAddress(scheme, text)
            : IsConnectionString(text) ? OnlyPath(ReadConnectionString(text), baseFolder)
            : OnlyPath(text, baseFolder);
        if (path.Length == 0)
            throw Invalid("The database's address names no file.");
        return string.Equals(path, Memory, StringComparison.OrdinalIgnoreCase)
            ? new DatabaseTarget(SqliteEngine.Name, Memory, Memory, Memory)
            : Of(Resolve(path, baseFolder));
    }

    /// <summary>A database that is thrown away: nothing in it need survive a crash.</summary>
    public static DatabaseTarget Scratch(string path, string name) => new(SqliteEngine.Name, path, name, path) { IsScratch = true };

    /// <summary>Whether a database lives in memory, known to one connection alone.</summary>
    public static bool IsMemory(DatabaseTarget target) => string.Equals(target.ConnectionString, Memory, StringComparison.Ordinal);

    /// <summary>The file.</summary>
    public static string PathOf(DatabaseTarget target) => target.ConnectionString;

    /// <summary>A database by the path of its file.</summary>
    public static DatabaseTarget OfFile(string path) => Of(path);

    /// <summary>Whether a path is one of Windows: with a drive letter, or of the network.</summary>
    public static bool IsWindowsPath(string path) =>
        path.StartsWith(@"\\", StringComparison.Ordinal)
        || (path.Length > 2 && char.IsAsciiLetter(path[0]) && path[1] == ':' && path[2] is '\\' or '/');

    private static DatabaseTarget Of(string path)
    {
        var name = path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
        return new DatabaseTarget(SqliteEngine.Name, path, name, path);
    }

    private static string Resolve(string path, string baseFolder)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
            throw Invalid("The database's path has a NUL character in it.");
        // Elsewhere than on Windows its paths mean nothing: left as they are, they are shown as given when the file is not found.
        return IsWindowsPath(path) && !OperatingSystem.IsWindows() ? path : Path.GetFullPath(path, Path.GetFullPath(baseFolder));
    }

    // A single letter is a drive.
    private static string? SchemeOf(string text)
    {
        var end = text.IndexOf(':', StringComparison.Ordinal);
        if (end < 2)
            return null;
        var scheme = text[..end].ToLowerInvariant();
        return scheme is "sqlite" or "sqlite3" or "file" ? scheme : null;
    }

    private static string OnlyPath(string text, string baseFolder) =>
        ConnectionText.Find(text, baseFolder) is { } other
            ? throw Invalid($"What was given as a database is not certain to be the path of a file: it {other}.")
            : text;

    private static string ReadAddress(string scheme, string text)
    {
        var rest = text[(scheme.Length + 1)..];
        var isUrl = rest.StartsWith("//", StringComparison.Ordinal);
        if (
            rest.Contains("://", StringComparison.Ordinal)
            || (isUrl && rest.Length > 2 && rest[2] != '/' && rest.Contains('@', StringComparison.Ordinal))
        )
            throw Invalid($"Behind '{scheme}:' the path of a file is expected, and there stands an address.");
        var isPath = !isUrl && scheme is not "file";
        if (isPath ? ConnectionText.HasParameters(rest) : rest.AsSpan().IndexOfAny('?', '#') >= 0)
            throw Invalid("The database's address has parameters, and none are known for SQLite.");
        if (isPath)
            return rest;
        var path = Uri.UnescapeDataString(isUrl ? rest[2..] : rest);
        if (scheme is "file" && isUrl && path.StartsWith("localhost/", StringComparison.OrdinalIgnoreCase))
            path = path["localhost".Length..];
        // 'sqlite:///C:/x' names a drive, and 'sqlite:////x' is often written for '/x'.
        if (path.Length > 1 && path[0] == '/' && (IsWindowsPath(path[1..]) || path[1] == '/'))
            path = path[1..];
        return path;
    }

    private static bool IsPostgreSql(string text)
    {
        if (
            text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase)
        )
            return true;
        return !IsConnectionString(text)
            && (HasKey(text, "Host") || HasKey(text, "Server") || HasKey(text, "Username") || HasKey(text, "User ID"));
    }

    private static bool IsConnectionString(string text) =>
        HasKey(text, "Data Source") || HasKey(text, "DataSource") || HasKey(text, "Filename");

    private static bool HasKey(string text, string key)
    {
        foreach (var part in text.Split(';'))
        {
            var end = part.IndexOf('=', StringComparison.Ordinal);
            if (end > 0 && part.AsSpan(0, end).Trim().Equals(key, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static string ReadConnectionString(string text)
    {
        SqliteConnectionStringBuilder builder;
        try
        {
            builder = new SqliteConnectionStringBuilder(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // The exception's own words may repeat a value, so they are not passed on.
            throw Invalid("The connection string is malformed, or has a keyword that SQLite connections do not know.");
        }

        if (builder.Password.Length > 0)
            throw Invalid("The connection string has a password, and encrypted SQLite databases cannot be opened.");
        return builder.Mode == SqliteOpenMode.Memory ? Memory : builder.DataSource;
    }

    private static MigrationException Invalid(string message) => new(ErrorId.TargetInvalid, message, KnownForms);
}
