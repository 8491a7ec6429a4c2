using System.Management.Automation;
using Migrations.Configuration;
using Migrations.Folders;

namespace Migrations.PowerShell.Commands;

/// <summary>Makes the files of a new migration, with the next number of the folder's own layout.</summary>
[Cmdlet(VerbsCommon.New, "Migration", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class NewMigrationCommand : PSCmdlet
{
    /// <summary>What the migration does, in a few words: <c>add user preferences</c>.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>The migration folder; made when it does not exist. Default: <c>$env:MIGRATION_PATH</c>, else <c>./migrations</c>.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The layout, for a folder that is still empty.</summary>
    [Parameter]
    public MigrationLayout? Layout { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var folder = new PathResolver(this).Literal(Path ?? EnvironmentSettings.Folder ?? "migrations");
        if (!ShouldProcess(folder, $"Make the files of the migration '{Name}'"))
            return;
        try
        {
            foreach (var file in MigrationTemplate.Create(folder, Name, new CreateOptions { Layout = Layout }, DateTimeOffset.UtcNow))
                WriteObject(new FileInfo(file));
        }
        catch (MigrationException e)
        {
            ThrowTerminatingError(ErrorRecords.Of(e, folder));
        }
    }
}
