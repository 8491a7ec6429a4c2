using System.Management.Automation;
using Migrations.Backup;
using Migrations.Configuration;
using Migrations.Events;

namespace Migrations.PowerShell;

/// <summary>What cmdlets share that make and restore backups of databases, and may prove them.</summary>
public abstract class BackupCommand : DatabaseCommand
{
    /// <summary>A database on the server where scratch databases are made. Default: the server of the database.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ScratchDatabase { get; set; }

    /// <summary>
    /// Loads a backup of your own whose indexes, checks or event triggers run code that cannot be seen into. PostgreSQL only.
    /// </summary>
    [Parameter]
    public SwitchParameter AcceptUnseenCode { get; set; }

    private protected sealed override IEnumerable<string> Connections =>
        ScratchDatabase is null ? base.Connections : base.Connections.Append(ScratchDatabase);

    /// <summary>How backups are made and proven in this call.</summary>
    private protected BackupOptions Options(IEventSink events) =>
        new()
        {
            Session = Session(events),
            ScratchServer = ScratchServer(ScratchDatabase),
            Stamp = Selected?.Stamp ?? ExpectedStamp.Any,
            AcceptUnseenCode = AcceptUnseenCode.IsPresent,
        };
}
