<#
.SYNOPSIS
    Builds, tests and packages the module.
.DESCRIPTION
    Build and Test are 'dotnet build Migrations.sln' and 'dotnet test Migrations.sln', which run the Pester tests too; -Pester runs these alone.
    Package stages what is published in out/Migrations/<version>, and imports it from there.
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
    $version = (Import-PowerShellDataFile "$PSScriptRoot/Migrations.psd1").ModuleVersion
    $package = "$PSScriptRoot/out/Migrations/$version"
    if (Test-Path $package) { Remove-Item $package -Recurse -Force }
    $null = New-Item $package -ItemType Directory
    foreach ($item in 'Migrations.psd1', 'module', 'en-US', 'LICENSE', 'README.md', 'samples') {
        Copy-Item "$PSScriptRoot/$item" $package -Recurse
    }
    # In a process of its own, because this one may have loaded the module from elsewhere.
    $check = "`$ErrorActionPreference = 'Stop'; Import-Module '$package/Migrations.psd1'; `$null = Get-MigrationStatus ':memory:' '$package/samples/shop'; (Get-Command -Module Migrations).Count"
    $count = pwsh -NoProfile -NonInteractive -Command $check
    Write-Host "$package ($count commands)"
}

foreach ($name in $Task) { & "Invoke-$name" }
