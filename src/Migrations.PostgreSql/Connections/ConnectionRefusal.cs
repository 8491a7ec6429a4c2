namespace Migrations.PostgreSql;

/// <summary>Refuses what was given as a connection, without repeating any of it that may be a password.</summary>
internal static class ConnectionRefusal
{
    private static readonly string[] Passwords = ["password", "passwd", "pwd", "psw"];

    /// <summary>A refusal that does not repeat the text, which may hold a password.</summary>
    public static MigrationException Invalid(string what, Exception? inner = null) =>
        new(
            ErrorId.TargetInvalid,
            $"The PostgreSQL database is not given correctly: {what}",
            "Write postgres://user:password@host:5432/database (with %-codes for special characters), or "
                + "Host=...;Username=...;Password=...;Database=....",
            inner
        );

    /// <summary>
    /// The name of a key or parameter for a message; nothing where it stands behind a password: what is taken for a name may be the rest of
    /// it.
    /// </summary>
    public static string Named(string name, string text)
    {
        var place = text.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        var isName = name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or ' ') && place >= 0;
        return isName && !Passwords.Any(p => text.AsSpan(0, place).Contains(p, StringComparison.OrdinalIgnoreCase)) ? $": '{name}'" : "";
    }
}
