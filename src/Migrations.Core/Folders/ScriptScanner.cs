using static Migrations.Folders.SectionMarker;

namespace Migrations.Folders;

/// <summary>
/// Goes once through a file's bytes, piece by piece: cuts it into sections, hashes each, reads its leading comments and finds out whether
/// it holds a statement. Keeps nothing of the text. One scanner is used for many files, one after another.
/// </summary>
internal sealed class ScriptScanner : IDisposable
{
    private readonly NormalizedHash _hash = new();
    private readonly LeadingComments _comments = new();
    private readonly ScriptSurvey _survey = new();
    private readonly List<FileProblem> _problems = [];
    private string _file = "";
    private SectionRule _rule;
    private long _position;
    private int _line;
    private bool _atLineStart;
    private bool _outsideTransaction;
    private bool _variables;
    private bool _endsWithDollar;
    private SectionDialect? _dialect;
    private SectionMarker? _strayDirective;
    private int _strayLine;
    private ScriptPart _part = null!;
    private ScriptPart? _prelude;
    private ScriptPart? _up;
    private ScriptPart? _down;

    /// <summary>Begins with a file whose text begins at <paramref name="offset"/>.</summary>
    /// <param name="file">The file.</param>
    /// <param name="rule">What section markers mean in it.</param>
    /// <param name="isDown">Whether its name says that it only rolls back.</param>
    /// <param name="offset">Where its text begins.</param>
    public void Start(string file, SectionRule rule, bool isDown, long offset)
    {
        _file = file;
        _rule = rule;
        _position = offset;
        _line = 1;
        _atLineStart = true;
        _outsideTransaction = false;
        _variables = false;
        _dialect = null;
        _strayDirective = null;
        _prelude = _up = _down = null;
        _problems.Clear();
        _hash.Reset();
        _survey.Start(file);
        Open(offset, 1, MigrationHeader.Empty, isDown);
    }

    /// <summary>Takes the next bytes. They end with a line, unless the file ends or a line is very long.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        if (_rule != SectionRule.Ignored)
        {
            var at = 0;
            while ((at = FindComment(bytes, at)) < bytes.Length)
            {
                var end = bytes[at..].IndexOf((byte)'\n');
                var next = end < 0 ? bytes.Length : at + end + 1;
                if (_atLineStart && SectionMarker.Parse(bytes[at..next]) is { } marker && BeginsSection(marker))
                {
                    Take(bytes[taken..at]);
                    Close();
                    Enter(marker, _position + next - at, end < 0 ? _line : _line + 1);
                    _position += next - at;
                    taken = next;
                }

                _atLineStart = end >= 0;
                _line += end >= 0 ? 1 : 0;
                at = next;
            }
        }

        Take(bytes[taken..]);
    }

    /// <summary>Ends the file.</summary>
    public ScannedFile Finish()
    {
        Close();
        if (_dialect is null && _strayDirective is { } stray)
            _problems.Add(SectionProblem.Stray(stray, At(_strayLine)));
        else if (_dialect is null && _rule == SectionRule.Required)
            _problems.Add(SectionProblem.None(At(1)));
        var main = _dialect is null ? _part : _up ?? _part;
        foreach (var part in ScriptPart.All(_prelude, main, _down))
        {
            if (_outsideTransaction)
                part.Header.RunOutsideTransaction();
            _problems.AddRange(part.Header.Problems);
        }

        ReportSurvey();
        return new ScannedFile(main, _down, _dialect, [.. _problems], [.. _survey.Warnings]);
    }

    public void Dispose() => _hash.Dispose();

    /// <summary>A line that is refused already needs no second problem.</summary>
    private void ReportSurvey()
    {
        if (_survey.Problems.Count == 0 && _survey.Markers.Count == 0)
            return;
        var lines = _problems.Select(p => p.Location.Line).ToHashSet();
        _problems.AddRange(_survey.Problems);
        _problems.AddRange(
            _survey.Markers.Where(m => !lines.Contains(m.Marker.Line)).Select(m => m.Marker.Problem(_file, m.Down, _rule, _dialect))
        );
    }

    /// <summary>Passes the lines without a comment mark, of which long scripts have millions.</summary>
    private int FindComment(ReadOnlySpan<byte> bytes, int at)
    {
        var mark = bytes[at..].IndexOf("--"u8);
        var passed = mark < 0 ? bytes[at..] : bytes.Slice(at, mark);
        if (mark >= 0)
            passed = passed[..(passed.LastIndexOf((byte)'\n') + 1)];
        if (passed.IsEmpty)
            return at;
        _line += passed.Count((byte)'\n');
        _atLineStart = passed[^1] == '\n';
        return at + passed.Length;
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        _position += bytes.Length;
        // A very long line may be cut between the two characters.
        _part.HasReference |= bytes.IndexOf("${"u8) >= 0 || (_endsWithDollar && bytes.StartsWith("{"u8));
        _endsWithDollar = bytes.EndsWith("$"u8);
        _part.HasBreakpoint |= bytes.IndexOf(DrizzleBreakpoint.Mark) >= 0;
        _hash.Append(bytes);
        _comments.Append(bytes);
        _survey.Append(bytes);
    }

    private void Open(long offset, int line, MigrationHeader inherited, bool isDown)
    {
        _part = new ScriptPart
        {
            Offset = offset,
            FirstLine = line,
            Header = new HeaderBuilder(inherited, _file),
            VariablesAtStart = _variables,
            HasVariables = _variables,
        };
        _comments.Start(line, _part.Header);
        _survey.StartPart(line, isDown);
    }

    private void Close()
    {
        _comments.Finish();
        _part.Length = _position - _part.Offset;
        _part.Checksum = _hash.Finish();
        _part.IsEmpty = _comments.IsEmpty;
        _part.StatementLine = _comments.StatementLine;
    }

    /// <summary>Begins the section of a marker on the current line; what was before the first one belongs to the file.</summary>
    private void Enter(SectionMarker marker, long offset, int firstLine)
    {
        if (_prelude is null)
        {
            _prelude = _part;
            if (!_prelude.IsEmpty)
                _problems.Add(SectionProblem.Before(marker, At(Math.Max(1, _prelude.StatementLine))));
        }

        _dialect ??= marker.Dialect;
        var isDown = marker.Kind == MarkerKind.Down;
        var first = isDown ? _down : _up;
        Open(offset, firstLine, (first?.Last ?? _prelude).Header.Header, isDown);
        if (first is not null)
            first.Further.Add(_part);
        else if (isDown)
            _down = _part;
        else
            _up = _part;
        ReadOptions(marker);
        if (first is not null && marker.Dialect == SectionDialect.Dbmate && first.IsOutside != _part.IsOutside)
            _problems.Add(SectionProblem.MixedTransactions(marker, Here));
    }

    /// <summary>Understands a marker. True: a section begins after its line.</summary>
    private bool BeginsSection(SectionMarker marker)
    {
        if (_rule is SectionRule.UpOnly or SectionRule.DownOnly)
        {
            RefuseOtherHalf(marker);
            return false;
        }

        if (_dialect is { } dialect && dialect != marker.Dialect)
        {
            RefuseOtherDialect(marker, dialect);
            return false;
        }

        if (marker.Kind is MarkerKind.Up or MarkerKind.Down)
            return IsInOrder(marker);
        ReadDirective(marker);
        return false;
    }

    private void ReadDirective(SectionMarker marker)
    {
        switch (marker.Kind)
        {
            case MarkerKind.NoTransaction:
                _outsideTransaction = true;
                break;
            case MarkerKind.VariablesOn:
                _variables = _part.HasVariables = true;
                break;
            case MarkerKind.VariablesOff:
                _variables = false;
                break;
            case MarkerKind.Unknown:
                RefuseUnknown(marker);
                break;
        }

        if (marker.Dialect is SectionDialect.Goose or SectionDialect.SqlMigrate && _strayDirective is null)
            (_strayDirective, _strayLine) = (marker, _line);
    }

    private bool IsInOrder(SectionMarker marker)
    {
        var down = marker.Kind == MarkerKind.Down;
        if (down && _up is null)
        {
            // Reported once: without an up section every later marker would be wrong as well.
            if (_down is null)
                _problems.Add(SectionProblem.DownFirst(marker, Here));
        }
        else if ((down ? _down is not null : _up is not null) && !MayRepeat(marker.Dialect))
        {
            _problems.Add(SectionProblem.Twice(marker, Here));
            return false;
        }

        return true;
    }

    /// <summary>In these a file may have several sections of one kind, which run one after another as they stand in it.</summary>
    private static bool MayRepeat(SectionDialect dialect) => dialect is SectionDialect.Dbmate or SectionDialect.SqlMigrate;

    private void RefuseOtherHalf(SectionMarker marker)
    {
        if (marker.Kind == (_rule == SectionRule.UpOnly ? MarkerKind.Down : MarkerKind.Up) && _problems.Count == 0)
            _problems.Add(SectionProblem.OtherHalf(marker, _rule, Here));
    }

    private void RefuseOtherDialect(SectionMarker marker, SectionDialect dialect)
    {
        // "-- Up Migration" is also what people write above an up script that another tool's marker already opened.
        var prose = marker.Dialect == SectionDialect.Plain && (marker.Kind != MarkerKind.Down || _down is not null);
        if (!prose)
            _problems.Add(SectionProblem.OtherDialect(marker, dialect, Here));
    }

    private void RefuseUnknown(SectionMarker marker)
    {
        if (marker.Dialect == SectionDialect.Plain)
        {
            if (_dialect is not null && _down is null && marker.Text[0] is 'd' or 'D')
                _problems.Add(SectionProblem.LikeDown(marker, Here));
        }
        else if (_dialect is not null || marker.Dialect != SectionDialect.Dbmate)
        {
            _problems.Add(SectionProblem.Unknown(marker, Here));
        }
    }

    private void ReadOptions(SectionMarker marker)
    {
        foreach (var option in marker.Options.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            switch (marker.Dialect, option)
            {
                case (SectionDialect.Dbmate, "transaction:false"):
                case (SectionDialect.SqlMigrate, "notransaction"):
                    _part.IsOutside = true;
                    _part.Header.RunOutsideTransaction();
                    break;
                case (SectionDialect.Dbmate, "transaction:true"):
                    break;
                default:
                    _problems.Add(SectionProblem.UnknownOption(marker, option, Here));
                    break;
            }
        }
    }

    private ScriptLocation Here => At(_line);

    private ScriptLocation At(int line) => new(_file, line);
}
