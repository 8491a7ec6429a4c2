using System.Management.Automation;

namespace Migrations.PowerShell;

/// <summary>What cmdlets share that try a migration folder on scratch databases.</summary>
public abstract class RehearsalCommand : FolderCommand
{
    /// <summary>A database on the server on which scratch databases are made. Default: the database's own server.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ScratchDatabase { get; set; }

    private protected sealed override IEnumerable<string> Connections =>
        ScratchDatabase is null ? base.Connections : base.Connections.Append(ScratchDatabase);
}
