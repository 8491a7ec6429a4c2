<#
.SYNOPSIS
    Backs a database up, proves the backup, and removes old ones: for schedulers. pwsh -NonInteractive -File nightly.ps1 -Destination /mnt/backups
.DESCRIPTION
    Exits with 0 when the backup is made and proven and old ones are removed, with 1 when something failed, and with 4 when a backup was made and is not proven.
    Old backups are removed only after a new one is proven. The database comes from $env:DATABASE_URL, so that no password stands on a command line.
.PARAMETER Destination
    The folder for backups. It must exist: where it is a mounted disk that is not there, that is found out.
.PARAMETER KeepDaily
    For how many days the newest backup is kept.
.PARAMETER KeepWeekly
    For how many weeks the newest backup is kept.
.PARAMETER KeepMonthly
    For how many months the newest backup is kept.
.PARAMETER Module
    The module, where it is not installed: the path of Migrations.psd1.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Destination,
    [ValidateRange(1, 3660)] [int] $KeepDaily = 7,
    [ValidateRange(1, 520)] [int] $KeepWeekly = 5,
    [ValidateRange(1, 120)] [int] $KeepMonthly = 12,
    [string] $Module = 'Migrations'
)

# Without this, pwsh -File exits with 0 even after an error.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

try {
    Import-Module $Module
    $backup = Backup-Database -Destination $Destination -Prove
    Write-Host "PROVEN  $($backup.Path), $($backup.Size) bytes, version $($backup.MigrationVersion)"

    $decisions = Remove-DatabaseBackup $Destination -KeepDaily $KeepDaily -KeepWeekly $KeepWeekly -KeepMonthly $KeepMonthly -Force
    foreach ($decision in $decisions) {
        Write-Host "$(if ($decision.Keep) { 'KEPT   ' } else { 'REMOVED' }) $($decision.Backup.Path): $($decision.Reason)"
    }
}
catch {
    $id = $_.FullyQualifiedErrorId.Split(',')[0]
    Write-Host "FAILED  ${id}: $_"
    if ($_.ErrorDetails.RecommendedAction) { Write-Host "NEXT    $($_.ErrorDetails.RecommendedAction)" }
    exit $(if ($id -eq 'BackupUnproven') { 4 } else { 1 })
}

exit 0
