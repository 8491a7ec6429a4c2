using System.Management.Automation;
using Migrations.Backup;
using Migrations.Configuration;

namespace Migrations.PowerShell.Commands;

/// <summary>Deletes the backups that no rule keeps.</summary>
/// <remarks>
/// A backup that any one rule keeps is kept; each database is decided for itself; days, weeks and months are those of UTC. The newest and
/// the last proven backup of a database always stay, and so does what is not known to be a sound backup, what is dated in the future, and
/// states that restores kept unless <c>-KeepStates</c> is given. Databases that restores kept on a PostgreSQL server are among
/// these where <c>-Database</c> names theirs, or where Get-DatabaseBackup brings them; one that is in use stays. Writes a
/// decision for each backup, with its reason. Asks for each backup
/// that would go, unless <c>-Force</c> or <c>-Confirm:$false</c> is given.
/// </remarks>
/// <example>
/// <code>Get-DatabaseBackup ./backups | Remove-DatabaseBackup -KeepLast 5</code>
/// <para>Keeps the newest five of each database.</para>
/// </example>
/// <example>
/// <code>Remove-DatabaseBackup ./backups -KeepDaily 7 -KeepWeekly 5 -KeepMonthly 12 -WhatIf</code>
/// <para>Shows what would stay and what would go, and why, and deletes nothing.</para>
/// </example>
/// <example>
/// <code>Get-DatabaseBackup ./backups | Remove-DatabaseBackup -KeepDays 30 -Force | Where-Object -Not Keep</code>
/// <para>Deletes what is older than 30 days without asking, and shows what was deleted.</para>
/// </example>
/// <example>
/// <code>Remove-DatabaseBackup ./backups -KeepStates 2 -Database postgres://ada@db.example/shop</code>
/// <para>Keeps the newest two of the databases that restores kept on the server, and drops the others after asking.</para>
/// </example>
/// <example>
/// <code>Remove-DatabaseBackup ./backups -KeepDaily 7 -AnyHost -Force</code>
/// <para>Keeps one backup of each of the last seven days, also where each one was made in a new container.</para>
/// </example>
[Cmdlet(
    VerbsCommon.Remove,
    "DatabaseBackup",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High,
    DefaultParameterSetName = "Path"
)]
[OutputType(typeof(RetentionDecision))]
public sealed class RemoveDatabaseBackupCommand : KeptDatabaseCommand
{
    private readonly List<DatabaseBackup> _backups = [];

    /// <summary>The folder. No wildcards. Default: the folder that the configuration names.</summary>
    [Parameter(Position = 0, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Backups as Get-DatabaseBackup shows them. What is decided is decided among these.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "InputObject", ValueFromPipeline = true)]
    public DatabaseBackup? InputObject { get; set; }

    /// <summary>Keeps this many, the newest.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? KeepLast { get; set; }

    /// <summary>Keeps all backups from this many last days.</summary>
    [Parameter]
    [ValidateRange(1, 100_000)]
    public int? KeepDays { get; set; }

    /// <summary>Keeps the newest of each day, for this many last days that have a backup.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? KeepDaily { get; set; }

    /// <summary>Keeps the newest of each week, for this many last weeks that have a backup. Weeks begin on Monday.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? KeepWeekly { get; set; }

    /// <summary>Keeps the newest of each month, for this many last months that have a backup.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? KeepMonthly { get; set; }

    /// <summary>Keeps this many of the old states that restores kept, the newest. Default: all.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? KeepStates { get; set; }

    /// <summary>
    /// Counts backups of one local database from several machines as those of one database: containers have new names each time.
    /// </summary>
    [Parameter]
    public SwitchParameter AnyHost { get; set; }

    /// <summary>Does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override string TargetWord => "Folder";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is not null)
            _backups.Add(InputObject);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Guard(
            isOneOfSeveral: false,
            () => Path.Length > 0 ? Path : null,
            () =>
            {
                var selector = new DatabaseSelector(Configured, Choice([], folder: null));
                var settings = selector.SettingsOf(service: null);
                if (!string.Equals(ParameterSetName, nameof(InputObject), StringComparison.Ordinal))
                {
                    var folder = Path.Length > 0 ? Paths.Literal(Path) : BackupFolderIn(settings);
                    _backups.AddRange(Run((_, token) => new BackupCatalogue(DatabaseDrivers.All).ReadAsync(folder, token)));
                }

                _backups.AddRange(ListKept());

                var policy = new RetentionPolicy
                {
                    KeepLast = KeepLast,
                    KeepDays = KeepDays,
                    KeepDaily = KeepDaily,
                    KeepWeekly = KeepWeekly,
                    KeepMonthly = KeepMonthly,
                    KeepStates = KeepStates,
                };
                if (policy.IsEmpty)
                    policy = RetentionPolicy.Of(settings);
                policy = policy with { AnyHost = AnyHost.IsPresent };
                var decisions = BackupRetention.Decide(_backups, policy, DateTimeOffset.UtcNow);
                BackupRetention.DemandStamps(decisions, selector.Stamp);
                foreach (var decision in decisions)
                    Take(decision);
            }
        );
    }

    private void Take(RetentionDecision decision)
    {
        if (!decision.Keep && this.MayDo(Force, decision.Backup.Path, $"Remove ({decision.Reason})"))
            Remove(decision.Backup);
        else if (!decision.Keep && !this.IsWhatIf())
            return;
        WriteObject(decision);
    }
}
