<#
.SYNOPSIS
    Runs one file of Pester tests: what failed on standard output, the results as NUnit XML. Exits with the number of failures.
#>
param(
    [Parameter(Mandatory)] [string] $Path,
    [Parameter(Mandatory)] [string] $ResultPath,
    # Pester's manifest.
    [string] $Pester = 'Pester'
)

$ErrorActionPreference = 'Stop'
Import-Module $Pester
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'None'
$configuration.TestResult.Enabled = $true
$configuration.TestResult.OutputFormat = 'NUnitXml'
$configuration.TestResult.OutputPath = $ResultPath
$result = Invoke-Pester -Configuration $configuration

foreach ($test in $result.Failed + $result.FailedBlocks + $result.FailedContainers) {
    "FAILED  $($test.ExpandedPath ?? $test.Name)"
    foreach ($problem in $test.ErrorRecord) { "        $($problem.Exception.Message -replace '\r?\n', "`n        ")" }
}
foreach ($test in $result.Skipped) { "SKIPPED $($test.ExpandedPath)" }
"Pester: $($result.PassedCount) passed, $($result.FailedCount) failed, $($result.SkippedCount) skipped in $([IO.Path]::GetFileName($Path))"
exit ($result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount)
