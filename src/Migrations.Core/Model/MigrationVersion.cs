using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Migrations;

/// <summary>
/// The ordered key in a migration's file name: a sequence (<c>003</c>), a timestamp (<c>20251019143000</c>) or dotted numbers (<c>1.2</c>).
/// Versions are compared number by number, never as text, and trailing zero parts do not count: <c>2 &lt; 10</c>, <c>1.2 &lt; 1.10</c>,
/// <c>1 = 1.0</c>.
/// </summary>
public sealed class MigrationVersion : IComparable<MigrationVersion>, IComparable, IEquatable<MigrationVersion>
{
    private readonly string[] _parts;

    private MigrationVersion(string text, string[] parts)
    {
        Text = text;
        _parts = parts;
        Key =
            parts.Length == 0 ? "0"
            : parts.Length == 1 ? parts[0]
            : string.Join('.', parts);
    }

    /// <summary>The version as the file name writes it, with <c>_</c> between parts read as <c>.</c>.</summary>
    public string Text { get; }

    /// <summary>The version without leading zeros and trailing zero parts: equal for equal versions.</summary>
    public string Key { get; }

    /// <summary>How many numbers the version has, as written.</summary>
    internal int PartCount => Text.Count(c => c == '.') + 1;

    /// <summary>Reads digits, in parts between <c>.</c> or <c>_</c>; numbers may be of any length.</summary>
    /// <returns>False when the text is empty or holds anything else.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out MigrationVersion? version)
    {
        version = null;
        if (string.IsNullOrEmpty(text))
            return false;
        // A sequence or a timestamp, as nearly all are: nothing to take apart.
        if (!text.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            var number = text.TrimStart('0');
            version = new MigrationVersion(text, number.Length == 0 ? [] : [number]);
            return true;
        }

        var written = text.Replace('_', '.').Split('.');
        var parts = new List<string>(written.Length);
        foreach (var part in written)
        {
            if (part.Length == 0 || !part.All(char.IsAsciiDigit))
                return false;
            parts.Add(part.TrimStart('0'));
        }

        while (parts.Count > 0 && parts[^1].Length == 0)
            parts.RemoveAt(parts.Count - 1);
        version = new MigrationVersion(string.Join('.', written), [.. parts.Select(p => p.Length == 0 ? "0" : p)]);
        return true;
    }

    /// <summary>Reads a version.</summary>
    /// <exception cref="FormatException">The text is not a version.</exception>
    public static MigrationVersion Parse(string text) =>
        TryParse(text, out var version)
            ? version
            : throw new FormatException(
                string.Create(CultureInfo.InvariantCulture, $"Invalid version '{text}'. Expected digits, in parts separated by dots.")
            );

    /// <inheritdoc/>
    public int CompareTo(MigrationVersion? other)
    {
        if (other is null)
            return 1;
        for (var i = 0; i < Math.Max(_parts.Length, other._parts.Length); i++)
        {
            var left = i < _parts.Length ? _parts[i] : "0";
            var right = i < other._parts.Length ? other._parts[i] : "0";
            // Without leading zeros the longer number is the larger one, so no number is too long to compare.
            var order = left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);
            if (order != 0)
                return order;
        }

        return 0;
    }

    /// <inheritdoc/>
    public int CompareTo(object? obj) =>
        obj switch
        {
            null => 1,
            MigrationVersion other => CompareTo(other),
            _ => throw new ArgumentException("A version can only be compared with a version.", nameof(obj)),
        };

    /// <inheritdoc/>
    public bool Equals(MigrationVersion? other) => other is not null && string.Equals(Key, other.Key, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MigrationVersion);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Key);

    /// <summary>The version as written.</summary>
    public override string ToString() => Text;

    /// <summary>Whether both are the same version.</summary>
    public static bool operator ==(MigrationVersion? left, MigrationVersion? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether the two are different versions.</summary>
    public static bool operator !=(MigrationVersion? left, MigrationVersion? right) => !(left == right);

    /// <summary>Whether the left version comes before the right one.</summary>
    public static bool operator <(MigrationVersion? left, MigrationVersion? right) =>
        Comparer<MigrationVersion>.Default.Compare(left, right) < 0;

    /// <summary>Whether the left version comes after the right one.</summary>
    public static bool operator >(MigrationVersion? left, MigrationVersion? right) =>
        Comparer<MigrationVersion>.Default.Compare(left, right) > 0;

    /// <summary>Whether the left version is the right one or comes before it.</summary>
    public static bool operator <=(MigrationVersion? left, MigrationVersion? right) => !(left > right);

    /// <summary>Whether the left version is the right one or comes after it.</summary>
    public static bool operator >=(MigrationVersion? left, MigrationVersion? right) => !(left < right);
}
