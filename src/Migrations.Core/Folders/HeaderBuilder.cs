using System.Text;

namespace Migrations.Folders;

/// <summary>
/// Creates a header from a script's leading comments. A comment of the form <c>key: value</c> with a known key is an entry; every other
/// comment is just a comment.
/// </summary>
/// <param name="inherited">What holds where the script itself says nothing: the header of the whole file, for its sections.</param>
/// <param name="file">The file, for messages.</param>
internal sealed class HeaderBuilder(MigrationHeader inherited, string file)
{
    private const int LongestKey = 16;

    /// <summary>Where each entry was first given.</summary>
    private readonly List<(string Key, int Line)> _given = [];
    private List<FileProblem>? _problems;

    /// <summary>The header so far.</summary>
    public MigrationHeader Header { get; private set; } = inherited;

    /// <summary>What is wrong with its entries.</summary>
    public IReadOnlyList<FileProblem> Problems => _problems ?? [];

    /// <summary>Takes one line of a comment, without the marks around it.</summary>
    public void Comment(ReadOnlySpan<byte> text, int line)
    {
        text = Trim(text);
        var colon = text.IndexOf((byte)':');
        if (colon > 0)
        {
            if (colon <= LongestKey && HeaderEntry.Find(text[..colon].TrimEnd((byte)' ')) is { } entry)
                Add(entry, Encoding.UTF8.GetString(text[(colon + 1)..]).Trim(), line);
        }
        else if (line == 1 && text.SequenceEqual("no-transaction"u8))
        {
            // sqlx: https://docs.rs/sqlx/latest/sqlx/macro.migrate.html
            RunOutsideTransaction();
        }
    }

    /// <summary>What a tool's own directive says, unless the header says something about it.</summary>
    public void RunOutsideTransaction() => Header = Header with { Transaction = Header.Transaction ?? false };

    /// <summary>What a file beside the script says, unless the header says something about it.</summary>
    public void Take(ScriptSettings settings)
    {
        if (settings.OutsideTransaction)
            RunOutsideTransaction();
        if (settings.TakesVariables is { } takes && Header.Variables == VariableRules.Default)
            Header = Header with { Variables = VariableRules.Default.And(takes ? "everywhere" : "none") };
    }

    private void Add(HeaderEntry entry, string value, int line)
    {
        // A key without a value is a template that was not filled in.
        if (value.Length == 0)
            return;
        var earlier = _given.FindIndex(g => string.Equals(g.Key, entry.Key, StringComparison.Ordinal));
        if (entry.Set(Header, value, earlier < 0) is not { } changed)
        {
            Report(line, $"Invalid header '{entry.Key}: {value}'.", $"Write {entry.Allowed}.");
            return;
        }

        if (earlier >= 0 && entry.IsDirective && changed != Header)
            Report(line, $"'{entry.Key}: {value}' contradicts line {_given[earlier].Line}.", $"Keep one of the two '{entry.Key}' lines.");
        Header = changed;
        _given.Add((entry.Key, line));
    }

    private void Report(int line, string message, Advice remedy) =>
        (_problems ??= []).Add(new FileProblem(ErrorId.HeaderInvalid, new ScriptLocation(file, line), message, remedy));

    /// <summary>Takes off white space, and what decorates the lines of block comments.</summary>
    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.TrimStart(" \t*-"u8).TrimEnd(" \t\r*"u8);
}
