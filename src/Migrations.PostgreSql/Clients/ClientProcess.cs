using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// One of PostgreSQL's programs at work. It gets how to connect from its environment alone, so that no list of processes shows a password;
/// it is ended and waited for when this object is disposed.
/// </summary>
internal sealed class ClientProcess : IAsyncDisposable
{
    private const int MostCharacters = 2000;
    private const int UnixBrokenPipe = 32;
    private const int WindowsBrokenPipe = unchecked((int)0x8007006D);
    private const int WindowsPipeClosing = unchecked((int)0x800700E8);

    private readonly Process _process;
    private readonly string _name;
    private readonly Task<string> _words;
    private readonly Func<string?, bool>? _isBearable;

    // Null until there is an error.
    private bool? _areErrorsBearable;

    private ClientProcess(Process process, string name, Func<string?, bool>? isBearable)
    {
        _process = process;
        _name = name;
        _isBearable = isBearable;
        _words = ReadAsync(process.StandardError);
    }

    /// <summary>What it writes.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What it reads; to be closed at the end.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Its id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a program.</summary>
    /// <param name="tools">Where it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="target">The database that it connects to.</param>
    /// <param name="arguments">Its arguments; no secret.</param>
    /// <param name="isBearable">
    /// Reads every line that it writes about its work, and null at the end, and says whether it may go on: false at an error that is a
    /// failure, which ends it. Null for a program whose every error is one.
    /// </param>
    public static ClientProcess Start(
        ClientTools tools,
        string name,
        DatabaseTarget target,
        IEnumerable<string> arguments,
        Func<string?, bool>? isBearable = null
    )
    {
        var start = new ProcessStartInfo(tools.PathOf(name), arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
            CreateNoWindow = true,
        };
        ClientEnvironment.Fill(start.Environment, new NpgsqlConnectionStringBuilder(target.ConnectionString), tools.Version);
        try
        {
            return new ClientProcess(Process.Start(start)!, name, isBearable);
        }
        catch (Win32Exception e)
        {
            throw new MigrationException(
                ErrorId.ClientToolFailed,
                $"'{start.FileName}' could not be started: {e.Message}.",
                "Check that it may be executed by this user.",
                e
            );
        }
    }

    /// <summary>Waits for a program that neither reads nor writes anything of ours.</summary>
    public static async Task RunAsync(
        ClientTools tools,
        string name,
        DatabaseTarget target,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken,
        Func<string?, bool>? isBearable = null
    )
    {
        var process = Start(tools, name, target, arguments, isBearable);
        await using var _ = process.ConfigureAwait(false);
        process.Input.Close();
        await process.Output.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
        await process.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for its end.</summary>
    /// <exception cref="MigrationException">It failed; the message has its own words.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        if (_process.ExitCode == 0)
            return;
        cancellationToken.ThrowIfCancellationRequested();
        var words = Shorten(await _words.ConfigureAwait(false));
        if (_areErrorsBearable == true)
            return;
        // A Ctrl-C reaches the program as soon as it reaches us: then this is no failure, but the cancelling that is about to be heard of.
        if (Has(words, "by user"))
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
        throw new MigrationException(IdOf(words), $"{_name} failed with exit code {_process.ExitCode}: {words}", NextStep(words));
    }

    /// <summary>Whether an error says that a program does not read any more, and not that what it was to be given cannot be read.</summary>
    public static bool IsOfClosedPipe(IOException error) =>
        OperatingSystem.IsWindows() ? error.HResult is WindowsBrokenPipe or WindowsPipeClosing : error.HResult is UnixBrokenPipe;

    /// <summary>Ends it, when it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        End();
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        await _words.ConfigureAwait(false);
        _process.Dispose();
    }

    private void End()
    {
        try
        {
            if (!_process.HasExited)
                _process.Kill(entireProcessTree: true); // Its parallel jobs are processes of their own.
        }
        catch (InvalidOperationException)
        {
            // It has just ended.
        }
    }

    /// <summary>Whether a line reports an error.</summary>
    public static bool IsError(string line) => line.Contains(": error: ", StringComparison.Ordinal);

    private async Task<string> ReadAsync(StreamReader reader)
    {
        // Read to its end, lest the program wait; the beginning names the cause.
        var words = new StringBuilder();
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            if (words.Length < 4 * MostCharacters)
                words.Append(line).Append('\n');
            if (_isBearable is null || _areErrorsBearable == false)
                continue;
            if (!_isBearable(line))
            {
                _areErrorsBearable = false;
                End();
            }
            else if (IsError(line))
                _areErrorsBearable = true;
        }

        if (_areErrorsBearable == true && !_isBearable!(null))
            _areErrorsBearable = false;
        return words.ToString();
    }

    /// <summary>What went wrong, without the statement that shows what was being restored: it may hold data.</summary>
    private static string Shorten(string words)
    {
        var lines = words.Split('\n').Where(l => l.Trim().Length > 0).ToList();
        var telling = lines
            .Where(l =>
                l.Contains("error:", StringComparison.OrdinalIgnoreCase)
                || l.Contains("detail:", StringComparison.OrdinalIgnoreCase)
                || l.Contains("hint:", StringComparison.OrdinalIgnoreCase)
            )
            .ToList();
        IEnumerable<string> shown = (telling.Count > 0 ? telling : lines).Take(5);
        var text = Secrets.Mask(string.Join(' ', ClientHints.FunctionOf(words) is { } function ? shown.Append(function) : shown)).Trim();
        return text.Length == 0 ? "it said nothing."
            : text.Length <= MostCharacters ? text
            : text[..MostCharacters] + "...";
    }

    private static ErrorId IdOf(string words) =>
        words switch
        {
            _ when Has(words, "No space left on device") => ErrorId.DiskFailed,
            _ when Has(words, "server closed the connection")
                    || Has(words, "terminating connection")
                    || Has(words, "could not connect")
                    || Has(words, "connection to server") => ErrorId.ConnectionFailed,
            _ when Has(words, "permission denied") => ErrorId.PermissionDenied,
            _ => ErrorId.ClientToolFailed,
        };

    private const string RightToRead = "Run as a role that may read every table (for example GRANT pg_read_all_data TO it).";

    /// <summary>The error for a right that is missing, whatever language the server says that in.</summary>
    public static MigrationException NotPermitted(Exception e) =>
        e is MigrationException { Id: ErrorId.PermissionDenied } known
            ? known
            : new MigrationException(ErrorId.PermissionDenied, e.Message, RightToRead, e);

    private static Advice NextStep(string words) =>
        words switch
        {
            _ when Has(words, "No space left on device") =>
                "Free space where the file is written, and on the server's disk, then run the command again.",
            _ when IdOf(words) == ErrorId.ConnectionFailed => "Check the server and the network, then run the command again.",
            _ when ClientHints.Of(words) is { } hint => hint,
            _ when Has(words, "permission denied") => RightToRead,
            _ => "Fix the problem reported above and run the command again.",
        };

    private static bool Has(string words, string part) => words.Contains(part, StringComparison.OrdinalIgnoreCase);
}
