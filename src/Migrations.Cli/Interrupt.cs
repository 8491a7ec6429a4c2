using System.Runtime.InteropServices;
using Migrations.Cli.Output;

namespace Migrations.Cli;

/// <summary>
/// Turns the first Ctrl-C or SIGTERM into a cancelled token, so that the engine rolls back and unlocks before the process ends. A second one ends the
/// process at once: the database and its history stay in agreement then too.
/// </summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly Terminal _terminal;
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    public Interrupt(Terminal terminal)
    {
        _terminal = terminal;
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void Cancel(PosixSignalContext context)
    {
        if (_source.IsCancellationRequested)
            return;
        context.Cancel = true;
        _terminal.Progress(null);
        _terminal.Error("Cancelling: rolling back...", Tone.Notice);
        _source.Cancel();
    }
}
