BeforeAll {
    . $PSScriptRoot/common.ps1
    $folder = Join-Path (Get-Item TestDrive:).FullName 'migrations'
    $null = New-Item $folder -ItemType Directory -Force
    Set-Content "$folder/001_a.sql" 'CREATE TABLE a (id integer); INSERT INTO a VALUES (1), (2);'
    Set-Content "$folder/002_b.sql" 'CREATE TABLE b (id integer);'
    Push-Location TestDrive:
}
AfterAll { Pop-Location }

Describe 'Clear-Database' {
    AfterEach { Remove-Item "$TestDrive/*.db*" }

    It 'refuses to delete rows that no one accepted, with the numbers' {
        $null = Invoke-Migration x.db $folder
        $problem = Get-ErrorOf { Clear-Database x.db -Force }
        $problem.FullyQualifiedErrorId | Should -BeLike 'DataLossRefused,*'
        "$problem" | Should -Match 'removes table a \(2 rows\)'
        "$($problem.ErrorDetails.RecommendedAction)" | Should -Match '-AcceptDataLoss'
        (Get-MigrationStatus x.db $folder).State | Should -Be 'Applied', 'Applied'
    }

    It 'shows what would go with -WhatIf' {
        $null = Invoke-Migration x.db $folder
        $plan = Clear-Database x.db $folder -Migrate -WhatIf
        $plan.Outcome, $plan.Rows, ($plan.Applied -join ' ') | Should -Be 'WhatIf', 2, '001_a 002_b'
        (Get-MigrationStatus x.db $folder).State | Should -Be 'Applied', 'Applied'
    }

    It 'empties, and builds up again with -Migrate' {
        $null = Invoke-Migration x.db $folder
        $cleared = Clear-Database x.db -AcceptDataLoss -Confirm:$false
        $cleared.Outcome, $cleared.Rows, $cleared.Tables.Count | Should -Be 'Done', 2, 3
        (Get-MigrationStatus x.db $folder).State | Should -Be 'Pending', 'Pending'
        (Clear-Database x.db $folder -Migrate -Force).Applied | Should -Be '001_a', '002_b'
    }
}
