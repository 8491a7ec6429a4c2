namespace Migrations.Sqlite;

/// <summary>
/// Compares names as SQLite does: only ASCII letters are the same in both cases, so that <c>Äpfel</c> and <c>äpfel</c> are two tables
/// (<see href="https://sqlite.org/lang_keywords.html"/>, sqlite3StrICmp). .NET's own comparers fold the letters of every script.
/// </summary>
internal sealed class NameComparer : StringComparer
{
    /// <inheritdoc/>
    public override int Compare(string? x, string? y)
    {
        if (x is null || y is null)
            return x is null ? (y is null ? 0 : -1) : 1;
        for (var i = 0; i < x.Length && i < y.Length; i++)
        {
            if (Fold(x[i]) - Fold(y[i]) is not 0 and var difference)
                return difference;
        }

        return x.Length - y.Length;
    }

    /// <inheritdoc/>
    public override bool Equals(string? x, string? y) => ReferenceEquals(x, y) || (x?.Length == y?.Length && Compare(x, y) == 0);

    /// <inheritdoc/>
    public override int GetHashCode(string obj)
    {
        var hash = 17;
        foreach (var c in obj)
            hash = unchecked((hash * 31) + Fold(c));
        return hash;
    }

    /// <summary>An ASCII letter in small; anything else as it is.</summary>
    public static char Fold(char c) => char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c;
}
