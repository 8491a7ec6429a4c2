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
    /// <param name="isDown">Whether its name says that it only undoes.</param>
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
            for (var at = 0; (at = FindComment(bytes, at)) < bytes.Length; )
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
            Report(
                ErrorId.SectionInvalid,
                _strayLine,
                $"'-- {stray.Text}' stands in a file without '{Write(stray.Dialect, down: false)}'.",
                $"Put the line '{Write(stray.Dialect, down: false)}' above the up script."
            );
        else if (_dialect is null && _rule == SectionRule.Required)
            Report(
                ErrorId.SectionInvalid,
                1,
                "The file has no section marker, and the layout with sections was asked for.",
                "Put the line '-- Up Migration' above the up script and '-- Down Migration' above the down script."
            );
        var main = _dialect is null ? _part : _up ?? _part;
        foreach (var part in new[] { _prelude, main, _down })
        {
            if (part is null)
                continue;
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
                Report(
                    ErrorId.SectionInvalid,
                    Math.Max(1, _prelude.StatementLine),
                    $"A statement stands before '{Write(marker.Dialect, down: false)}' and would never run.",
                    $"Move it below the '{Write(marker.Dialect, down: false)}' line."
                );
        }

        _dialect ??= marker.Dialect;
        Open(offset, firstLine, _prelude.Header.Header, marker.Kind == MarkerKind.Down);
        if (marker.Kind == MarkerKind.Up)
            _up = _part;
        else
            _down = _part;
        ReadOptions(marker);
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
        var name = Write(marker.Dialect, down);
        if (down && _up is null)
        {
            // Reported once: without an up section every later marker would be wrong as well.
            if (_down is null)
                Report(
                    ErrorId.SectionInvalid,
                    _line,
                    $"'{name}' comes before '{Write(marker.Dialect, down: false)}'.",
                    "Put the up section first."
                );
        }
        else if (down ? _down is not null : _up is not null)
        {
            Report(
                ErrorId.SectionInvalid,
                _line,
                $"'{name}' is there for the second time.",
                "Put each change in a file of its own, or join the sections: one up section and one down section per file."
            );
            return false;
        }

        return true;
    }

    private void RefuseOtherHalf(SectionMarker marker)
    {
        if (marker.Kind != (_rule == SectionRule.UpOnly ? MarkerKind.Down : MarkerKind.Up) || _problems.Count > 0)
            return;
        var (half, other) = _rule == SectionRule.UpOnly ? ("an up", "a down") : ("a down", "an up");
        Report(
            ErrorId.SectionInvalid,
            _line,
            $"The file's name says that it is {half} script only, but '-- {marker.Text}' begins {other} section in it.",
            "Keep both halves in one file named without a suffix, for example 001_name.sql, or move this section into the "
                + "other half's file."
        );
    }

    private void RefuseOtherDialect(SectionMarker marker, SectionDialect dialect)
    {
        // "-- Up Migration" is also what people write above an up script that another tool's marker already opened.
        var prose = marker.Dialect == SectionDialect.Plain && (marker.Kind != MarkerKind.Down || _down is not null);
        if (!prose)
            Report(
                ErrorId.SectionInvalid,
                _line,
                $"'-- {marker.Text}' is not understood in a file that uses '{Write(dialect, down: false)}'.",
                $"Use the markers '{Write(dialect, down: false)}' and '{Write(dialect, down: true)}' only."
            );
    }

    private void RefuseUnknown(SectionMarker marker)
    {
        if (marker.Dialect == SectionDialect.Plain)
        {
            if (_dialect is not null && _down is null && marker.Text[0] is 'd' or 'D')
                Report(
                    ErrorId.SectionInvalid,
                    _line,
                    $"'-- {marker.Text}' looks like the beginning of the down section, but is not written like it.",
                    "Write '-- Down Migration' and nothing else on the line, or reword the comment."
                );
        }
        else if (_dialect is not null || marker.Dialect != SectionDialect.Dbmate)
        {
            Report(ErrorId.HeaderInvalid, _line, $"'-- {marker.Text}' is not understood.", Known(marker.Dialect));
        }
    }

    private static string Known(SectionDialect dialect) =>
        dialect switch
        {
            SectionDialect.Goose => "Write '+goose' with Up, Down, NO TRANSACTION, StatementBegin, StatementEnd, ENVSUB ON or ENVSUB OFF.",
            SectionDialect.SqlMigrate => "Write '+migrate' with Up, Down, StatementBegin or StatementEnd.",
            _ => "Write 'migrate:up' or 'migrate:down'.",
        };

    private void ReadOptions(SectionMarker marker)
    {
        foreach (var option in marker.Options.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            switch (marker.Dialect, option)
            {
                case (SectionDialect.Dbmate, "transaction:false"):
                case (SectionDialect.SqlMigrate, "notransaction"):
                    _part.Header.RunOutsideTransaction();
                    break;
                case (SectionDialect.Dbmate, "transaction:true"):
                    break;
                default:
                    Report(
                        ErrorId.HeaderInvalid,
                        _line,
                        $"'{option}' is not understood in '-- {marker.Text}'.",
                        marker.Dialect == SectionDialect.Dbmate
                            ? "The only option is 'transaction:false'."
                            : "The only option is 'notransaction'."
                    );
                    break;
            }
        }
    }

    private void Report(ErrorId id, int line, string message, string remedy) =>
        _problems.Add(new FileProblem(id, new ScriptLocation(_file, line), message, remedy));
}
