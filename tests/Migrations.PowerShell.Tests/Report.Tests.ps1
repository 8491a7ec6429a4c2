BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Export-MigrationReport on <Engine>' -ForEach $engines {
    BeforeEach {
        $database, $folder = (New-TestDatabase $Engine), (New-TestFolder 2)
        $page = Join-Path $TestDrive "$([guid]::NewGuid()).html"
    }

    It 'writes one page about a database, and changes nothing' {
        $null = Invoke-Migration $database $folder -First 1
        $report = Export-MigrationReport $database $folder -OutputFile $page -Title 'A & B'
        $report | Should -BeOfType ([Migrations.Reporting.ExportedReport])
        $report.Databases, $report.Pending, $report.Unread | Should -Be 1, 1, 0
        $report.File | Should -Be $page
        $report.Size | Should -Be (Get-Item $page).Length
        $text = Get-Content -Raw $page
        $text | Should -BeLike '<!DOCTYPE html>*<h1>A &amp; B</h1>*001_t1*<svg *</html>*'
        # What to do next is said in cmdlets.
        $text | Should -BeLike '*Invoke-Migration*'
        $text | Should -Not -BeLike '*migrations up*'
        (Get-MigrationStatus $database $folder).State | Should -Be 'Applied', 'Pending'
    }

    It 'writes one page about a fleet, with a place for what cannot be read' {
        $other = New-TestDatabase $Engine
        $missing = Join-Path $TestDrive 'none.db'
        Set-Content $missing ('this is no database' * 20)
        $report = $database, $other, $missing |
            Export-MigrationReport -Path $folder -OutputFile $page -ThrottleLimit 2 -ErrorVariable failures -ErrorAction SilentlyContinue
        $report.Databases, $report.Unread | Should -Be 3, 1
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'DatabaseInvalid*'
        [regex]::Matches((Get-Content -Raw $page), 'class="database"').Count | Should -Be 3
    }

    It 'leaves a file alone that is no report' {
        Set-Content $page 'mine'
        (Get-ErrorOf { Export-MigrationReport $database $folder -OutputFile $page }).FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'
        Get-Content $page | Should -Be 'mine'
    }

    It 'draws a schema for documents' {
        $null = Invoke-Migration $database $folder
        Get-DatabaseSchema $database -Format Mermaid | Should -BeLike "erDiagram`n*t1``[`"t1`"``] {*"
        Get-DatabaseSchema $database -Format Dot | Should -BeLike 'digraph schema {*<b>t1</b>*'
    }
}
