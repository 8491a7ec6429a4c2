using System.Management.Automation;
using Migrations.Databases;
using Migrations.Events;

namespace Migrations.PowerShell;

/// <summary>What cmdlets share that write to a database: they take the migration lock.</summary>
public abstract class ChangeCommand : FolderCommand
{
    /// <summary>How long to wait for another run to finish: <c>30s</c>, <c>5m</c>, or seconds. Default: 60 seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(60);

    private protected override bool Changes => true;

    private protected override SessionOptions Session(IEventSink events)
    {
        var session = base.Session(events);
        return IsGiven(nameof(LockTimeout)) ? session with { LockTimeout = LockTimeout } : session;
    }
}
