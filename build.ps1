<#
.SYNOPSIS
    Builds, tests and packages the module.
.DESCRIPTION
    Build and Test are 'dotnet build Migrations.sln' and 'dotnet test Migrations.sln', which run the Pester tests too; -Pester runs these alone.
    Package copies what is published to out/Migrations, for Publish-PSResource, and imports it from there.
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Package')] [string[]] $Task = 'Build',
    [ValidateSet('Debug', 'Release')] [string] $Configuration = 'Release',
    [switch] $Pester
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true

function Invoke-Build { dotnet build "$PSScriptRoot/Migrations.sln" -c $Configuration --nologo -v quiet }

function Invoke-Test {
    $project = if ($Pester) { 'tests/Migrations.PowerShell.Tests' } else { 'Migrations.sln' }
    dotnet test "$PSScriptRoot/$project" -c $Configuration
}

function Invoke-Package {
    Invoke-Build
    $package = & "$PSScriptRoot/tools/Copy-Module.ps1" -Destination "$PSScriptRoot/out"
    # In a process of its own, because this one may have loaded the module from elsewhere.
    $check = "`$ErrorActionPreference = 'Stop'; Import-Module '$package/Migrations.psd1'; `$null = Get-MigrationStatus ':memory:' '$package/samples/shop'; (Get-Command -Module Migrations).Count"
    $count = pwsh -NoProfile -NonInteractive -Command $check
    Write-Host "$package ($count commands)"
}

foreach ($name in $Task) { & "Invoke-$name" }
