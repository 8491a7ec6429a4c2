using System.Globalization;
using System.Text.Json;
using Migrations.Sqlite.Native;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>What all values of a column are: counted in one pass, with the first rows of each class that may not fit.</summary>
/// <param name="word">What the declared type promises: only what it asks for is looked at.</param>
/// <param name="chosen">The type that the caller has chosen; null without one.</param>
internal sealed class ColumnScan(DeclaredWord word, ColumnType? chosen)
{
    /// <summary>How many rows are named for each problem.</summary>
    public const int MostKeys = 3;

    private const long LargestExact = 1L << 53;
    private const int DeepestJson = 1000;

    private readonly RowBatch? _trial = chosen is null ? null : new RowBatch();
    private readonly int? _precision = word.Precision;

    public long Nulls { get; private set; }
    public long Integers { get; private set; }
    public long Reals { get; private set; }
    public long Texts { get; private set; }
    public long Blobs { get; private set; }
    public long Lowest { get; private set; } = long.MaxValue;
    public long Highest { get; private set; } = long.MinValue;

    /// <summary>Integers that a real cannot stand for.</summary>
    public long LargeIntegers { get; private set; }

    /// <summary>Numbers that do not fit the precision and scale of the declared type.</summary>
    public long BeyondPrecision { get; private set; }

    /// <summary>Reals without an end.</summary>
    public long Infinities { get; private set; }

    /// <summary>Texts with NUL or with bytes that are not UTF-8.</summary>
    public long UncleanTexts { get; private set; }

    /// <summary>The longest text in bytes.</summary>
    public long Longest { get; private set; }

    /// <summary>Texts that are not what the declared type promises: no JSON, no UUID.</summary>
    public long Misfits { get; private set; }

    /// <summary>Values that do not fit the type that the caller has chosen.</summary>
    public long BeyondChoice { get; private set; }

    /// <summary>How many texts there are of each form of days and moments.</summary>
    public long[] Moments { get; } = new long[Enum.GetValues<MomentTextForm>().Length];

    public IReadOnlyList<string> RealKeys => _realKeys;
    public IReadOnlyList<string> TextKeys => _textKeys;
    public IReadOnlyList<string> BlobKeys => _blobKeys;
    public IReadOnlyList<string> UncleanKeys => _uncleanKeys;
    public IReadOnlyList<string> ChoiceKeys => _choiceKeys;

    private readonly List<string> _realKeys = [];
    private readonly List<string> _textKeys = [];
    private readonly List<string> _blobKeys = [];
    private readonly List<string> _uncleanKeys = [];
    private readonly List<string> _choiceKeys = [];

    private IEnumerable<List<string>> Named => [_realKeys, _textKeys, _blobKeys, _uncleanKeys, _choiceKeys];

    /// <summary>What the declared type promises.</summary>
    public DeclaredWord Word => word;

    /// <summary>The type that the caller has chosen; null without one.</summary>
    public ColumnType? Chosen => chosen;

    /// <summary>How many values there are that are not NULL.</summary>
    public long Values => Integers + Reals + Texts + Blobs;

    /// <summary>The classes and their counts, for people.</summary>
    public string Classes =>
        string.Join(
            ", ",
            new[] { ("integer", Integers), ("real", Reals), ("text", Texts), ("blob", Blobs), ("NULL", Nulls) }
                .Where(c => c.Item2 > 0)
                .Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Item1} {c.Item2}"))
        );

    /// <summary>Looks at a value.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">The value's place in it.</param>
    /// <param name="key">Names the row, when it has to be named.</param>
    public void Add(SqliteStatement row, int column, Func<string> key)
    {
        switch (row.TypeOf(column))
        {
            case SqliteType.Null:
                Nulls++;
                return;
            case SqliteType.Integer:
                AddInteger(row.Int64(column));
                break;
            case SqliteType.Real:
                Name(_realKeys, row, column, key);
                AddReal(row.Double(column));
                break;
            case SqliteType.Text:
                if (word.Affinity != Affinity.Text)
                    Name(_textKeys, row, column, key);
                AddText(row, column, key);
                break;
            default:
                Blobs++;
                Name(_blobKeys, row, column, key);
                break;
        }

        if (_trial is not null)
            Try(row, column, key);
    }

    /// <summary>Adds what another has found in other rows of the column.</summary>
    public void Add(ColumnScan other)
    {
        Nulls += other.Nulls;
        Integers += other.Integers;
        Reals += other.Reals;
        Texts += other.Texts;
        Blobs += other.Blobs;
        Lowest = Math.Min(Lowest, other.Lowest);
        Highest = Math.Max(Highest, other.Highest);
        LargeIntegers += other.LargeIntegers;
        BeyondPrecision += other.BeyondPrecision;
        Infinities += other.Infinities;
        UncleanTexts += other.UncleanTexts;
        Longest = Math.Max(Longest, other.Longest);
        Misfits += other.Misfits;
        BeyondChoice += other.BeyondChoice;
        for (var i = 0; i < Moments.Length; i++)
            Moments[i] += other.Moments[i];
        foreach (var (own, others) in Named.Zip(other.Named))
            own.AddRange(others.Take(MostKeys - own.Count));
    }

    private void AddInteger(long value)
    {
        Integers++;
        Lowest = Math.Min(Lowest, value);
        Highest = Math.Max(Highest, value);
        if (value is < -LargestExact or > LargestExact)
            LargeIntegers++;
        if (_precision is { } precision)
        {
            Span<byte> digits = stackalloc byte[20];
            _ = value.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
            if (!DecimalForm.Fits(digits[..length], precision, word.Scale))
                BeyondPrecision++;
        }
    }

    private void AddReal(double value)
    {
        Reals++;
        if (!double.IsFinite(value))
            Infinities++;
        else if (_precision is { } precision)
        {
            Span<byte> room = stackalloc byte[40];
            if (!DecimalForm.Fits(RowEncoder.Shortest(value, room), precision, word.Scale))
                BeyondPrecision++;
        }
    }

    private void AddText(SqliteStatement row, int column, Func<string> key)
    {
        var text = row.Bytes(column);
        Texts++;
        Longest = Math.Max(Longest, text.Length);
        if (!RowEncoder.IsCleanText(text))
        {
            UncleanTexts++;
            Name(_uncleanKeys, row, column, key);
        }

        switch (word.Promise)
        {
            case WordPromise.Moment or WordPromise.Day:
                Moments[(int)MomentText.Read(text, out _)]++;
                break;
            case WordPromise.Json when !IsJson(text):
            case WordPromise.Uuid when !RowEncoder.IsUuid(text):
                Misfits++;
                break;
            default:
                break;
        }
    }

    private void Try(SqliteStatement row, int column, Func<string> key)
    {
        var isJson = chosen!.Kind == ColumnKind.Json;
        if (!RowEncoder.TryAdd(_trial!, row, column, chosen) || (isJson && !IsJson(row.Bytes(column))))
        {
            BeyondChoice++;
            Name(_choiceKeys, row, column, key);
        }

        _trial!.Clear();
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = DeepestJson });
        try
        {
            while (reader.Read()) { }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Name(List<string> keys, SqliteStatement row, int column, Func<string> key)
    {
        if (keys.Count >= MostKeys)
            return;
        var (name, value) = (key(), RowLiteral.Short(row, column));
        // The key itself may be what does not fit.
        keys.Add(name.EndsWith(" " + value, StringComparison.Ordinal) ? name : $"{name}: {value}");
    }
}
