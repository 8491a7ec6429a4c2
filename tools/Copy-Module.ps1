<#
.SYNOPSIS
    Copies what is published of the module, as it is built, into an empty folder named Migrations.
.OUTPUTS
    The folder, for Publish-PSResource.
#>
[CmdletBinding()]
[OutputType([string])]
param(
    # The folder that gets the folder Migrations; an older one in it is replaced.
    [Parameter(Mandatory)] [string] $Destination
)

$ErrorActionPreference = 'Stop'
$root = Split-Path $PSScriptRoot
$package = Join-Path $Destination Migrations
if (Test-Path $package) { Remove-Item $package -Recurse -Force }
$null = New-Item $package -ItemType Directory
foreach ($item in 'Migrations.psd1', 'module', 'en-US', 'LICENSE', 'README.md', 'samples') {
    Copy-Item "$root/$item" $package -Recurse
}
$package
