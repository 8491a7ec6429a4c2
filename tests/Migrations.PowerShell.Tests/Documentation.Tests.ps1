# The lines of PowerShell in README and docs run as they stand there. What a page says before its first heading is done before each of its sections.
BeforeDiscovery {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/documentation.ps1
    $sections = @(Get-DocumentationSection $repository | Where-Object { $postgreSql -or -not $_.NeedsPostgreSql })
}
BeforeAll {
    . $PSScriptRoot/common.ps1
    . $PSScriptRoot/documentation.ps1
    # All of them in one PowerShell: it says which of them passed.
    $sections = @(Get-DocumentationSection $repository | Where-Object { $postgreSql -or -not $_.NeedsPostgreSql })
    $script = "Import-Module '$manifest'`n" + (-join $sections.ForEach{
            $url = if ($_.NeedsPostgreSql) { New-TestDatabase PostgreSQL }
            Get-SectionScript $_ $repository $manifest (Get-Item TestDrive:).FullName $url
        })
    $run = Invoke-Pwsh $script
}

Describe 'The lines for PowerShell' {
    It 'run: <Page>, <Section>' -ForEach $sections {
        $run.Text | Should -BeLike "*PASSED $Page, $([WildcardPattern]::Escape($Section))*"
    }

    It 'are those of README, tutorial, cookbook and the page of the module' {
        $sections.Page | Sort-Object -Unique | Should -Be 'docs/cookbook.md', 'docs/powershell.md', 'docs/tutorial.md', 'README.md'
    }
}
