using System.Globalization;

namespace Migrations.Tables;

/// <summary>A column's type, in the words of no engine.</summary>
/// <param name="Kind">What kind of values.</param>
/// <param name="Precision">
/// How many digits a decimal number has at most; of a whole number or a real, how many bits; of a text, how many characters. Null: no
/// limit.
/// </param>
/// <param name="Scale">How many of them stand behind the point; null: no limit.</param>
public sealed record ColumnType(ColumnKind Kind, int? Precision = null, int? Scale = null)
{
    private static readonly Dictionary<string, ColumnKind> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["bigint"] = ColumnKind.Integer,
        ["boolean"] = ColumnKind.Boolean,
        ["double precision"] = ColumnKind.Real,
        ["numeric"] = ColumnKind.Decimal,
        ["text"] = ColumnKind.Text,
        ["bytea"] = ColumnKind.Bytes,
        ["date"] = ColumnKind.Date,
        ["timestamp"] = ColumnKind.Timestamp,
        ["timestamptz"] = ColumnKind.TimestampWithZone,
        ["json"] = ColumnKind.Json,
        ["uuid"] = ColumnKind.Uuid,
    };

    /// <summary>The words that <see cref="TryParse"/> takes.</summary>
    public static IReadOnlyCollection<string> Known => Words.Keys;

    /// <summary>The type in words: <c>bigint</c>, <c>numeric(10,2)</c>.</summary>
    public override string ToString()
    {
        var word = Words.FirstOrDefault(w => w.Value == Kind).Key ?? "any";
        return (Kind, Precision) switch
        {
            (_, null) => word,
            (ColumnKind.Integer, var bits) => bits == 16 ? "smallint" : "integer",
            (ColumnKind.Real, _) => "real",
            (ColumnKind.Text, var length) => string.Create(CultureInfo.InvariantCulture, $"varchar({length})"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{word}({Precision},{Scale ?? 0})"),
        };
    }

    /// <summary>Reads a type from its words.</summary>
    /// <returns>False when they are not among <see cref="Known"/>.</returns>
    public static bool TryParse(string text, out ColumnType type)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (word, digits) =
            text.IndexOf('(', StringComparison.Ordinal) is var at and > 0 && text.TrimEnd().EndsWith(')')
                ? (text[..at].Trim(), text.TrimEnd()[(at + 1)..^1].Split(','))
                : (text.Trim(), []);
        type = new ColumnType(ColumnKind.Text);
        if (!Words.TryGetValue(word, out var kind) || (digits.Length > 0 && kind != ColumnKind.Decimal) || digits.Length > 2)
            return false;
        var numbers = new int?[2];
        for (var i = 0; i < digits.Length; i++)
        {
            if (!int.TryParse(digits[i], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, null, out var number))
                return false;
            numbers[i] = number;
        }

        type = new ColumnType(kind, numbers[0], numbers[0] is null ? null : numbers[1] ?? 0);
        return true;
    }
}
