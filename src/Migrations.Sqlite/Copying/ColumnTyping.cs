using System.Globalization;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>
/// Chooses the type of a column: one into which every value fits unchanged. The declared type only chooses among those; what fits nowhere
/// is an obstacle, with the rows that stand in the way.
/// </summary>
/// <param name="table">The column's table.</param>
/// <param name="column">The column's name.</param>
/// <param name="scan">What all its values are.</param>
internal sealed class ColumnTyping(string table, string column, ColumnScan scan)
{
    private const string Text = "text";
    private const string Bytes = "bytea";

    private readonly List<CopyObstacle> _obstacles = [];

    /// <summary>What stands in the way.</summary>
    public IReadOnlyList<CopyObstacle> Obstacles => _obstacles;

    /// <summary>Why a type was chosen beforehand.</summary>
    public required string ChoiceReason { get; init; }

    /// <summary>Values that are written in another form than they are stored in.</summary>
    public long Converted { get; private set; }

    /// <summary>Chooses it.</summary>
    /// <returns>The type, and why.</returns>
    public (ColumnType Type, string Reason) Choose()
    {
        var (type, reason) =
            scan.Chosen is { } chosen ? Check(chosen)
            : scan.Values == 0 ? (Empty(), "no values; what the declared type means")
            : scan.Word.Promise switch
            {
                WordPromise.Boolean => Boolean(),
                WordPromise.Decimal => Decimal(),
                WordPromise.Day or WordPromise.Moment => Moment(),
                WordPromise.Json => Promised(ColumnKind.Json, "JSON"),
                WordPromise.Uuid => Promised(ColumnKind.Uuid, "a UUID in small letters"),
                _ => ByAffinity(),
            };
        if (scan.UncleanTexts > 0 && type.Kind != ColumnKind.Bytes && scan.Chosen is null)
            Refuse("text with NUL characters or invalid UTF-8", scan.UncleanKeys, scan.UncleanTexts, canReject: true, Bytes);
        return (type, reason);
    }

    private (ColumnType, string) Check(ColumnType type)
    {
        if (scan.BeyondChoice > 0)
            Refuse($"values that do not fit the chosen type {type}", scan.ChoiceKeys, scan.BeyondChoice, canReject: true, Text);
        Converted = type.Kind switch
        {
            ColumnKind.Text => scan.Integers + scan.Reals + scan.Blobs,
            ColumnKind.Bytes or ColumnKind.Decimal => scan.Texts,
            _ => 0,
        };
        return (type, ChoiceReason);
    }

    private ColumnType Empty() =>
        scan.Word.Promise switch
        {
            WordPromise.Boolean => new(ColumnKind.Boolean),
            WordPromise.Decimal => new(ColumnKind.Decimal, scan.Word.Precision, scan.Word.Precision is null ? null : scan.Word.Scale),
            WordPromise.Day => new(ColumnKind.Date),
            WordPromise.Moment => new(ColumnKind.Timestamp),
            WordPromise.Json => new(ColumnKind.Json),
            WordPromise.Uuid => new(ColumnKind.Uuid),
            _ => scan.Word switch
            {
                { Affinity: Affinity.Integer } => new(ColumnKind.Integer),
                { Affinity: Affinity.Real } => new(ColumnKind.Real),
                { Affinity: Affinity.Blob, Type.Length: > 3 } => new(ColumnKind.Bytes),
                _ => new(ColumnKind.Text),
            },
        };

    private (ColumnType, string) ByAffinity() =>
        scan.Word.Affinity switch
        {
            Affinity.Integer => Integers(),
            Affinity.Text when scan.Texts == 0 && scan.Blobs == scan.Values => (new(ColumnKind.Bytes), "every value is a blob"),
            Affinity.Text => Texts(),
            Affinity.Real or Affinity.Numeric when scan.Blobs == 0 && scan.Texts == 0 => Numbers(),
            _ => OneClass() ?? Mixed(),
        };

    private (ColumnType, string) Integers()
    {
        if (scan.Integers < scan.Values)
            Refuse(
                $"values that are no integers in a column declared {scan.Word.Type} ({scan.Classes})",
                [.. scan.TextKeys, .. scan.BlobKeys, .. scan.RealKeys],
                scan.Values - scan.Integers,
                canReject: true,
                scan.Texts + scan.Blobs == 0 && scan.Infinities == 0 ? "numeric" : Text
            );
        return (new(ColumnKind.Integer), "SQLite's integers have 64 bits whatever the declared type");
    }

    private (ColumnType, string) Texts()
    {
        if (scan.Blobs > 0)
            Refuse($"blobs among texts ({scan.Classes})", scan.BlobKeys, scan.Blobs, canReject: false, Text);
        return (new(ColumnKind.Text), "text; SQLite keeps no lengths");
    }

    private (ColumnType, string) Boolean()
    {
        if (scan.Integers == scan.Values && scan.Lowest >= 0 && scan.Highest <= 1)
            return (new(ColumnKind.Boolean), "every value is 0 or 1");
        var (type, reason) = OneClass() ?? Mixed();
        return (type, $"{reason}; not boolean, because not every value is 0 or 1");
    }

    private (ColumnType, string) Decimal()
    {
        if (scan.Texts + scan.Blobs > 0)
            return OneClass() ?? Mixed();
        if (scan.Infinities > 0)
            return (new(ColumnKind.Real), "infinite values have no exact decimal");
        if (scan.Word.Precision is not { } precision)
            return (new(ColumnKind.Decimal), "every value as its shortest decimal");
        return scan.BeyondPrecision == 0
            ? (new(ColumnKind.Decimal, precision, scan.Word.Scale), "every value fits the declared precision and scale")
            : (
                new(ColumnKind.Decimal),
                string.Create(CultureInfo.InvariantCulture, $"{scan.BeyondPrecision} values do not fit the declared precision and scale")
            );
    }

    private (ColumnType, string) Moment()
    {
        if (scan.Texts < scan.Values)
            return OneClass() is { } one ? (one.Type, one.Reason + "; not a date, because it is not text")
                : scan.Blobs == 0 ? SeveralForms()
                : Mixed();
        if (scan.Moments[(int)MomentTextForm.Day] == scan.Texts)
            return scan.Word.Promise == WordPromise.Day
                ? (new(ColumnKind.Date), "every value is an ISO date without a time")
                : (new(ColumnKind.Timestamp), "every value is an ISO date, and the declared type has a time");
        if (scan.Moments[(int)MomentTextForm.Zoned] == scan.Texts)
            return (new(ColumnKind.TimestampWithZone), "every value is an ISO moment with an offset");
        if (scan.Moments[(int)MomentTextForm.Blank] == scan.Texts || scan.Moments[(int)MomentTextForm.Letter] == scan.Texts)
            return (new(ColumnKind.Timestamp), "every value is an ISO date and time without an offset");
        var forms = Enum.GetValues<MomentTextForm>().Where(f => scan.Moments[(int)f] > 0).Select(Describe);
        return (new(ColumnKind.Text), "text, because not every value is of one ISO form: " + string.Join(", ", forms));
    }

    // Moments as text and as numbers in one column: each keeps its own form, as text.
    private (ColumnType, string) SeveralForms()
    {
        Converted = scan.Integers + scan.Reals;
        return (new(ColumnKind.Text), $"text, because moments are stored in several forms ({scan.Classes})");
    }

    private string Describe(MomentTextForm form)
    {
        var words = form switch
        {
            MomentTextForm.Day => "dates",
            MomentTextForm.Blank => "dates and times",
            MomentTextForm.Letter => "dates and times with a T",
            MomentTextForm.Zoned => "with an offset",
            _ => "no ISO date",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{scan.Moments[(int)form]} {words}");
    }

    private (ColumnType, string) Promised(ColumnKind kind, string what)
    {
        if (scan.Texts == scan.Values && scan.Misfits == 0)
            return (new(kind), "every value is " + what);
        var (type, reason) = OneClass() ?? Mixed();
        return (type, $"{reason}; not every value is {what}");
    }

    private (ColumnType, string) Numbers() =>
        scan.Reals == 0 && scan.Word.Affinity != Affinity.Real ? (new(ColumnKind.Integer), "every value is an integer")
        : scan.LargeIntegers == 0 ? (new(ColumnKind.Real), "every value is a number of 64 bits")
        : scan.Infinities == 0 ? (new(ColumnKind.Decimal), "integers beyond 2^53 among reals: only decimals hold both")
        : Mixed();

    private (ColumnType Type, string Reason)? OneClass() =>
        scan.Texts == scan.Values ? (new(ColumnKind.Text), "every value is text")
        : scan.Blobs == scan.Values ? (new(ColumnKind.Bytes), "every value is a blob")
        : scan.Texts + scan.Blobs == 0 ? Numbers()
        : null;

    // PostgreSQL has no type that distinguishes 1 from '1': where the declared type allows anything, text does, and what is lost is
    // counted.
    private (ColumnType, string) Mixed()
    {
        if (scan.Word.Affinity == Affinity.Blob)
        {
            Converted = scan.Values - scan.Texts;
            return (new(ColumnKind.Text), $"values of several classes ({scan.Classes}): as text, so that 1 and '1' are no longer distinct");
        }

        Refuse(
            $"values of several classes in a column declared {scan.Word.Type} ({scan.Classes})",
            [.. scan.TextKeys, .. scan.BlobKeys],
            scan.Texts + scan.Blobs,
            canReject: false,
            Text
        );
        return (new(ColumnKind.Text), "values of several classes");
    }

    private void Refuse(string problem, IReadOnlyList<string> keys, long rows, bool canReject, string fits) =>
        _obstacles.Add(
            new CopyObstacle(table, column, problem, [.. keys.Take(ColumnScan.MostKeys)], rows)
            {
                CanReject = canReject,
                // Bytes take any text; among other values, nothing takes one that is not clean.
                Fits =
                    scan.UncleanTexts == 0 ? fits
                    : scan.Integers + scan.Reals == 0 ? Bytes
                    : null,
            }
        );
}
