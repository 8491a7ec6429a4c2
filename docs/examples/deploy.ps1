<#
.SYNOPSIS
    Applies pending migrations and checks the database, for pipelines and schedulers: pwsh -NonInteractive -File deploy.ps1
.DESCRIPTION
    Exits with 0 when everything is applied and no check failed, with 1 when a migration failed or the run was refused, with 3 when -CheckOnly finds work pending, and with
    4 when a check failed. The checks are made also when nothing was pending, so that a deployment that is repeated after a failed check does not pass.
    The database comes from $env:DATABASE_URL, so that no password stands on a command line.
.PARAMETER Path
    The migration folder.
.PARAMETER CheckOnly
    Applies nothing and reports whether work is pending.
.PARAMETER Module
    The module, where it is not installed: the path of Migrations.psd1.
#>
[CmdletBinding()]
param(
    [string] $Path = './migrations',
    [switch] $CheckOnly,
    [string] $Module = 'Migrations'
)

# Without this, pwsh -File exits with 0 even after an error.
$ErrorActionPreference = 'Stop'

try {
    Import-Module $Module
    if (-not $CheckOnly) {
        Invoke-Migration -Path $Path -Check | Format-Table -AutoSize | Out-Host
    }
    $status = Get-MigrationStatus -Path $Path -Summary
}
catch {
    Write-Host "FAILED  $($_.FullyQualifiedErrorId.Split(',')[0]): $_"
    if ($_.ErrorDetails.RecommendedAction) { Write-Host "NEXT    $($_.ErrorDetails.RecommendedAction)" }
    exit ($_.FullyQualifiedErrorId -like 'CheckFailed,*' ? 4 : 1)
}

Write-Host "$($status.Database): $($status.Applied) applied, $($status.Pending) pending"
if ($status.Pending -gt 0) { exit 3 }
exit 0
