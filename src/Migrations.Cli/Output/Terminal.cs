using System.Text;
using Migrations.Logging;

namespace Migrations.Cli.Output;

/// <summary>
/// Standard output and error. All text for people goes through here: control characters that a script or a database sent are made visible,
/// and where a build service reads the log, nothing but <see cref="Commands"/> can give it an order. Safe to call from several threads.
/// </summary>
internal sealed class Terminal : IDisposable
{
    private const string EraseLine = "\r\e[K";
    private const int NarrowWidth = 80;
    private const int WidestText = 120;
    private readonly object _gate = new();
    private readonly ForgivingStream? _outStream;
    private readonly TextWriter _out;
    private readonly TextWriter _error;
    private readonly TerminalPage? _page;
    private readonly bool _ansi = SupportsAnsi();
    private readonly bool _colours = !HasValue("NO_COLOR");
    private readonly LogFormat _detected = LogCommands.Detected;
    private string? _progress;

    /// <summary>The terminal of the process.</summary>
    public Terminal()
    {
        var stream = _outStream = new ForgivingStream(Console.OpenStandardOutput());
        Output = stream;
        _out = Open(Console.IsOutputRedirected, () => stream, () => Console.Out);
        _error = Open(Console.IsErrorRedirected, () => new ForgivingStream(Console.OpenStandardError()), () => Console.Error);
        CanAsk = !Console.IsInputRedirected;
    }

    private Terminal(LogFormat format)
    {
        _page = new TerminalPage();
        (_out, _error, Output, Format) = (_page.Out, _page.Error, new MemoryStream(), format);
    }

    /// <summary>A terminal for one of several databases that are worked on at once: what it is given is held until it is shown.</summary>
    public Terminal Page() => new(Format);

    /// <summary>Shows what a page holds, together.</summary>
    public void Show(Terminal page)
    {
        lock (_gate)
        {
            Erase();
            page._page!.CopyTo(_out, _error);
            Redraw(_out);
        }
    }

    /// <summary>Whose log the output is; at first that of the service that runs the process.</summary>
    public LogFormat Format { get; set; } = LogCommands.Detected;

    /// <summary>Whether a build service reads the log, and takes orders from it.</summary>
    public bool IsReadByService => Reader is not LogFormat.Text;

    // Also one that is to get no commands reads the log.
    private LogFormat Reader => Format is LogFormat.Text ? _detected : Format;

    /// <summary>Whether there is a person to ask.</summary>
    public bool CanAsk { get; }

    /// <summary>Whether a line on standard error can be drawn again in place.</summary>
    public bool ShowsProgress => _page is null && _ansi && !Console.IsErrorRedirected;

    /// <summary>How wide a line for people may be: the window's width, and 80 for a program that reads it.</summary>
    public int Width => Console.IsOutputRedirected ? NarrowWidth : Math.Min(WindowWidth(), WidestText);

    /// <summary>Standard output as bytes, for JSON.</summary>
    public Stream Output { get; }

    /// <summary>Why not all of standard output could be written; null when it was.</summary>
    public Exception? OutputFailure => _outStream?.Failure;

    /// <summary>Writes lines to standard output.</summary>
    public void Out(string text = "", Tone tone = Tone.Plain) => Write(_out, text, tone, Console.IsOutputRedirected);

    /// <summary>
    /// Writes what goes to standard output until the end of a listing together: to a program, each line is a write of its own otherwise.
    /// </summary>
    public IDisposable Listing() => new Held(_out as StreamWriter);

    /// <summary>Writes lines to standard error.</summary>
    public void Error(string text = "", Tone tone = Tone.Plain) => Write(_error, text, tone, Console.IsErrorRedirected);

    /// <summary>Writes one line as it is to standard error: JSON.</summary>
    public void ErrorRaw(string line)
    {
        lock (_gate)
            _error.WriteLine(line);
    }

    /// <summary>Gives the build service commands.</summary>
    public void Commands(IEnumerable<string> commands, bool toError)
    {
        lock (_gate)
        {
            foreach (var command in commands)
                (toError ? _error : _out).WriteLine(command);
        }
    }

    /// <summary>
    /// Shows what is being done in a line that the next output replaces; null takes it away. Does nothing where that is not possible.
    /// </summary>
    public void Progress(string? text)
    {
        if (!ShowsProgress)
            return;
        lock (_gate)
        {
            if (_progress is null && text is null)
                return;
            _progress = text is null ? null : PlainText.Shorten(PlainText.Clean(text), WindowWidth() - 1);
            _error.Write(EraseLine + _progress);
            _error.Flush();
        }
    }

    /// <summary>Asks a question that is answered with yes or no; anything but yes is no.</summary>
    public bool Ask(string question)
    {
        lock (_gate)
        {
            _error.Write(Safe(question) + " [y/N] ");
            _error.Flush();
        }

        return Console.In.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    public void Dispose()
    {
        Progress(null);
        _out.Flush();
        _error.Flush();
    }

    private void Write(TextWriter writer, string text, Tone tone, bool redirected)
    {
        var (start, end) = _ansi && _colours && !redirected ? Colour(tone) : ("", "");
        lock (_gate)
        {
            Erase();
            foreach (var line in text.Split('\n'))
                writer.WriteLine(start + Safe(line.TrimEnd('\r')) + end);
            Redraw(writer);
        }
    }

    private void Erase()
    {
        if (_progress is not null)
            _error.Write(EraseLine);
    }

    private void Redraw(TextWriter behind)
    {
        if (_progress is null)
            return;
        behind.Flush();
        _error.Write(_progress);
        _error.Flush();
    }

    /// <summary>Text that neither the terminal nor a build service takes for an order.</summary>
    public string Harmless(string text) => LogCommands.Harmless(Reader, text);

    private string Safe(string text) => Harmless(PlainText.Clean(text));

    private static (string Start, string End) Colour(Tone tone) =>
        tone switch
        {
            Tone.Good => ("\e[32m", "\e[0m"),
            Tone.Notice => ("\e[33m", "\e[0m"),
            Tone.Bad => ("\e[31m", "\e[0m"),
            Tone.Faint => ("\e[2m", "\e[0m"),
            _ => ("", ""),
        };

    // UTF-8 for programs whatever the console's code page is; the console's own encoding for people.
    private static TextWriter Open(bool redirected, Func<Stream> stream, Func<TextWriter> console) =>
        redirected ? new StreamWriter(stream(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true } : console();

    // Some terminals do not say.
    private static int WindowWidth() => Console.WindowWidth is > 20 and var width ? width : NarrowWidth;

    private static bool SupportsAnsi() =>
        OperatingSystem.IsWindows()
            ? HasValue("WT_SESSION") || HasValue("TERM")
            : !string.Equals(Environment.GetEnvironmentVariable("TERM"), "dumb", StringComparison.Ordinal);

    private static bool HasValue(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };

    private sealed class Held : IDisposable
    {
        private readonly StreamWriter? _writer;

        public Held(StreamWriter? writer)
        {
            _writer = writer;
            _writer?.AutoFlush = false;
        }

        // Writing at once again also writes what is held.
        public void Dispose() => _writer?.AutoFlush = true;
    }
}
