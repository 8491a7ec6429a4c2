using System.Text;

namespace Migrations.Cli.Output;

/// <summary>
/// What is written about one of several databases that are worked on at once, in the order in which it was written: it is shown together,
/// when the work has ended.
/// </summary>
internal sealed class TerminalPage
{
    private readonly List<(bool IsError, string Text)> _texts = [];

    /// <summary>Creates an empty page.</summary>
    public TerminalPage() => (Out, Error) = (new Part(this, isError: false), new Part(this, isError: true));

    /// <summary>Takes what is for standard output.</summary>
    public TextWriter Out { get; }

    /// <summary>Takes what is for standard error.</summary>
    public TextWriter Error { get; }

    /// <summary>Writes it all, each text to where it is for.</summary>
    public void CopyTo(TextWriter output, TextWriter error)
    {
        foreach (var (isError, text) in _texts)
            (isError ? error : output).Write(text);
    }

    private sealed class Part(TerminalPage page, bool isError) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Write(value.ToString());

        public override void Write(string? value) => page._texts.Add((isError, value ?? ""));

        public override void WriteLine(string? value) => Write(value + NewLine);
    }
}
