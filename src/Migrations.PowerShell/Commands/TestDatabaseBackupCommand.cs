using System.Management.Automation;
using Migrations.Backup;
using Migrations.Configuration;
using Migrations.Databases;

namespace Migrations.PowerShell.Commands;

/// <summary>Proves backups: restores each into a scratch database and compares it with its manifest.</summary>
/// <remarks>
/// Checks size and SHA-256, restores, asks the engine whether the result is sound, and compares schema fingerprint, rows and on request
/// every value. What was found goes into the manifest. Writes one object for each backup; what could not be looked at is NotRun, and
/// nothing is proven that rests on it.
/// </remarks>
/// <example>
/// <code>Get-DatabaseBackup ./backups | Test-DatabaseBackup | Where-Object Proven</code>
/// <para>Verifies all backups of a folder and shows those that are proven.</para>
/// </example>
/// <example>
/// <code>(Test-DatabaseBackup ./backups/shop_20250301_103022.db -Full).Checks | Where-Object Status -ne Pass</code>
/// <para>Compares every value, and shows what did not pass.</para>
/// </example>
/// <example>
/// <code>Get-ChildItem ./backups/*.db | Test-DatabaseBackup</code>
/// <para>Proves the backups among the files of a folder.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "DatabaseBackup")]
[OutputType(typeof(BackupVerification))]
public sealed class TestDatabaseBackupCommand : ConfiguredCommand
{
    /// <summary>The backups: objects of Get-DatabaseBackup, or paths of files or folders. No wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [ArgumentCompleter(typeof(BackupCompleter))]
    [BackupPathTransformation]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>A backup that knows the server that it was made on: there it is proven, when no <c>-ScratchDatabase</c> is given.</summary>
    [Parameter(ValueFromPipeline = true)]
    [LiveObjectTransformation]
    public IHasTarget? InputObject { get; set; }

    /// <summary>Compares every value, for backups that were made with <c>-Full</c>.</summary>
    [Parameter]
    public SwitchParameter Full { get; set; }

    /// <summary>
    /// A database on the server where scratch databases are made. Default: the server that a piped backup was made on, else that of
    /// -Environment and -Service, else <c>$env:DATABASE_URL</c>, where it is of the backup's engine.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ScratchDatabase { get; set; }

    /// <summary>
    /// Loads a backup of your own whose indexes, checks or event triggers run code that cannot be seen into. PostgreSQL only.
    /// </summary>
    [Parameter]
    public SwitchParameter AcceptUnseenCode { get; set; }

    private protected override IEnumerable<string> Connections => ScratchDatabase is null ? [] : [ScratchDatabase];

    private protected override string TargetWord => "Backup";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var catalogue = new BackupCatalogue(DatabaseDrivers.All);
        foreach (var given in Path)
        {
            Guard(
                Path.Length > 1 || MyInvocation.ExpectingInput,
                () => given,
                () =>
                {
                    (InputObject as DatabaseBackup)?.DemandFile();
                    var path = Paths.Literal(given);
                    var server = ScratchServer(ScratchDatabase);
                    var selector = new DatabaseSelector(Configured, Choice([], folder: null));
                    var settings = selector.SettingsOf(service: null);
                    IReadOnlyList<DatabaseTarget> origins =
                        server is not null ? []
                        : InputObject?.Target is { } own ? [own]
                        : [.. selector.NamedDatabases().Select(d => DatabaseDrivers.Resolve(d.Database, d.BaseFolder).Target)];
                    WriteObject(
                        Run(
                            (events, token) =>
                                VerifyAsync(
                                    catalogue,
                                    path,
                                    new BackupOptions
                                    {
                                        Session = SessionOptions.Of(settings) with { Events = events },
                                        ScratchServer = server,
                                        AcceptUnseenCode = AcceptUnseenCode.IsPresent,
                                    },
                                    origins,
                                    token
                                )
                        )
                    );
                }
            );
        }
    }

    private async Task<BackupVerification> VerifyAsync(
        BackupCatalogue catalogue,
        string path,
        BackupOptions options,
        IReadOnlyList<DatabaseTarget> origins,
        CancellationToken cancellationToken
    )
    {
        // Read again from its manifest, and with the database that it brings.
        var backup = await catalogue.FindAsync(path, cancellationToken).ConfigureAwait(false) with
        {
            Target = InputObject?.Target,
        };
        var driver = catalogue.DriverOf(backup);
        var sameEngine = origins.FirstOrDefault(o => string.Equals(o.Engine, driver.Engine, StringComparison.Ordinal));
        return await new BackupVerifier(driver, options).VerifyAsync(backup, sameEngine, Full, cancellationToken).ConfigureAwait(false);
    }
}
