using System.Management.Automation;
using Migrations.Backup;
using Migrations.Configuration;

namespace Migrations.PowerShell.Commands;

/// <summary>Lists the backups of a folder, newest first, and whether they are proven.</summary>
/// <remarks>Reads manifests, not whole files. Files without a manifest, and manifests that cannot be used, are listed with the property
/// Problem. States that restores replaced and kept come last, with the property Kept; with <c>-Database</c> also databases that restores
/// kept on a PostgreSQL server, with the property IsDatabase. The objects can be piped into Test-DatabaseBackup, Restore-Database and
/// Remove-DatabaseBackup.</remarks>
/// <example>
/// <code>Get-DatabaseBackup ./backups | Where-Object { -not $_.Proven } | Test-DatabaseBackup</code>
/// <para>Proves the backups that are not proven yet.</para>
/// </example>
/// <example>
/// <code>Get-DatabaseBackup ./backups</code>
/// <para>Lists the backups of a folder.</para>
/// </example>
/// <example>
/// <code>Get-DatabaseBackup -Environment production</code>
/// <para>Lists the backups in the folder that migrations.json names for production.</para>
/// </example>
/// <example>
/// <code>Get-DatabaseBackup ./backups | Where-Object Age -gt '1.00:00:00'</code>
/// <para>Lists the backups that are older than a day.</para>
/// </example>
/// <example>
/// <code>Get-DatabaseBackup ./backups -Database postgres://ada@db.example/shop | Where-Object IsDatabase</code>
/// <para>Lists the databases that restores of this one kept on its server.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "DatabaseBackup")]
[OutputType(typeof(DatabaseBackup))]
public sealed class GetDatabaseBackupCommand : KeptDatabaseCommand
{
    /// <summary>The folders; or single backups. No wildcards. Default: the folder that the configuration file names.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [ArgumentCompleter(typeof(BackupCompleter))]
    [BackupPathTransformation]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    private protected override string TargetWord => "Folder";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var catalogue = new BackupCatalogue(DatabaseDrivers.All);
        IEnumerable<string?> places = Path.Length > 0 ? Path : (string?[])[null];
        foreach (var given in places)
        {
            Guard(
                Path.Length > 1 || MyInvocation.ExpectingInput,
                () => given,
                () =>
                {
                    var path = given is null
                        ? BackupFolderIn(new DatabaseSelector(Configured, Choice([], folder: null)).SettingsOf(service: null))
                        : Paths.Literal(given);
                    var isBackup = File.Exists(path) || File.Exists(path + ".manifest.json");
                    WriteObject(
                        Run(
                            async (_, token) =>
                                isBackup
                                    ? [await catalogue.FindAsync(path, token).ConfigureAwait(false)]
                                    : await catalogue.ReadAsync(path, token).ConfigureAwait(false)
                        ),
                        enumerateCollection: true
                    );
                }
            );
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Guard(isOneOfSeveral: false, () => null, () => WriteObject(ListKept(), enumerateCollection: true));
    }
}
