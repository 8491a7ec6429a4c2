namespace Migrations.Folders;

/// <summary>
/// Reads the comments that stand before a script's first statement, and finds out whether there is a statement at all. Fed piece by piece;
/// what is kept is one comment line, never the script.
/// </summary>
internal sealed class LeadingComments
{
    private readonly byte[] _comment = new byte[4096];
    private HeaderBuilder _header = new(MigrationHeader.Empty, "");
    private int _commentLength;
    private State _state;
    private int _depth;
    private int _line;

    private enum State
    {
        Blank,
        Dash,
        LineComment,
        Slash,
        BlockComment,
        BlockStar,
        BlockSlash,
        Statement,
    }

    /// <summary>The line on which the first statement begins; 0 while none was found.</summary>
    public int StatementLine { get; private set; }

    /// <summary>
    /// Whether there is no statement. A block comment without an end counts as one: where comments nest it is an error, where they do not
    /// it may hide a statement, and either way the database is the one to say so.
    /// </summary>
    public bool IsEmpty => _state is State.Blank or State.LineComment;

    /// <summary>Begins with a script whose first line is <paramref name="firstLine"/> of its file.</summary>
    public void Start(int firstLine, HeaderBuilder header)
    {
        _header = header;
        _line = firstLine;
        _state = State.Blank;
        _commentLength = 0;
        _depth = 0;
        StatementLine = 0;
    }

    /// <summary>Takes the next bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            if (_state == State.Statement)
                return;
            _state = Next(b);
            if (b == '\n')
                _line++;
        }
    }

    /// <summary>Ends the script: a comment on the last line needs no line end.</summary>
    public void Finish()
    {
        if (_state == State.LineComment)
            EndComment(State.Blank);
        else if (_state is State.Dash or State.Slash)
            Statement();
    }

    private State Next(byte b) =>
        _state switch
        {
            State.Blank => b switch
            {
                (byte)'-' => State.Dash,
                (byte)'/' => State.Slash,
                (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'\f' or (byte)'\v' or (byte)';' => State.Blank,
                _ => Statement(),
            },
            State.Dash => b == '-' ? State.LineComment : Statement(),
            // Where a CR alone ends no comment, the database's own reader says what it hides.
            State.LineComment => b is (byte)'\n' or (byte)'\r' ? EndComment(State.Blank) : Collect(b, State.LineComment),
            State.Slash => b == '*' ? Open() : Statement(),
            State.BlockStar when b == '/' => --_depth == 0 ? EndComment(State.Blank) : State.BlockComment,
            State.BlockSlash when b == '*' => Open(),
            _ => InBlock(b),
        };

    private State InBlock(byte b) =>
        b switch
        {
            (byte)'*' => Collect(b, State.BlockStar),
            (byte)'/' => Collect(b, State.BlockSlash),
            (byte)'\n' => EndComment(State.BlockComment),
            _ => Collect(b, State.BlockComment),
        };

    private State Open()
    {
        _depth++;
        return State.BlockComment;
    }

    private State Statement()
    {
        StatementLine = _line;
        return _state = State.Statement;
    }

    private State Collect(byte b, State state)
    {
        if (_commentLength < _comment.Length)
            _comment[_commentLength++] = b;
        return state;
    }

    private State EndComment(State state)
    {
        _header.Comment(_comment.AsSpan(0, _commentLength), _line);
        _commentLength = 0;
        return state;
    }
}
