using System.Runtime.InteropServices;
using Migrations.Cli.Output;

namespace Migrations.Cli;

/// <summary>
/// Turns the first Ctrl-C, SIGTERM or SIGHUP (the terminal or the connection is gone) into a cancelled token, so that the engine rolls back
/// and unlocks before the process ends. The second, which is often the same one passed on once more by a parent process, only says what is
/// being waited for. The third ends the process without waiting: the database then ends by itself what it was at, wholly or not at all, as
/// after a kill.
/// </summary>
internal sealed class Interrupt : IDisposable
{
    // Kept to the end of the process: a signal that comes when the call is over would otherwise end it as if it had been cancelled.
    private static readonly List<PosixSignalRegistration> Registrations = [];

    private readonly CancellationTokenSource _source = new();
    private readonly Terminal _terminal;
    private int _signals;
    private volatile bool _isOver;

    public Interrupt(Terminal terminal)
    {
        _terminal = terminal;
        Registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel));
        Registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel));
        Registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, Cancel));
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _isOver = true;
        _source.Dispose();
    }

    private void Cancel(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_isOver)
            return;
        switch (Interlocked.Increment(ref _signals))
        {
            case 1:
                _terminal.Progress(null);
                _terminal.Error("Cancelling: rolling back...", Tone.Notice);
                CancelToken();
                break;
            case 2:
                _terminal.Error(
                    "Still rolling back. Press Ctrl-C again to exit now; the database will finish rolling back on its own.",
                    Tone.Notice
                );
                break;
            default:
                Environment.Exit(ExitCode.Cancelled);
                break;
        }
    }

    private void CancelToken()
    {
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call was over just now.
        }
    }
}
