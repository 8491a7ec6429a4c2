<#
.SYNOPSIS
    Writes what the libraries offer to other code into PublicAPI.Unshipped.txt of each, so that a review shows each change of it.
#>
[CmdletBinding()]
param()

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true

foreach ($file in Get-ChildItem "$PSScriptRoot/../src/*/PublicAPI.Unshipped.txt") {
    Set-Content -LiteralPath $file -Value '#nullable enable'
    $project = Get-ChildItem -LiteralPath $file.Directory -Filter *.csproj
    dotnet format analyzers $project.FullName --diagnostics RS0016
}
