BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Hooks on <Engine>' -ForEach $engines {
    BeforeEach {
        $database, $folder = (New-TestDatabase $Engine), (New-TestFolder 2)
        $null = New-Item -ItemType Directory "$folder/hooks"
        Set-Content "$folder/hooks/before-run.sql" 'CREATE TABLE IF NOT EXISTS log (point text, migration text);'
        Set-Content "$folder/hooks/after-each.sql" "INSERT INTO log VALUES ('after-each', '`${migration}');"
        Set-Content "$folder/hooks/on-error.sql" "INSERT INTO log VALUES ('on-error', '`${migration}');"
        function Log { (Invoke-DatabaseScript $database -Command 'SELECT point, migration FROM log').ForEach({ "$($_.point) $($_.migration)" }) }
    }

    It 'run around migrations, and results and the history name them' {
        $verbose = Invoke-Migration $database $folder -Verbose 4>&1
        $results = $verbose.Where({ $_ -is [Migrations.MigrationResult] })
        $results[0].Hooks | Should -Be 'hooks/before-run.sql', 'hooks/after-each.sql'
        $results[1].Hooks | Should -Be 'hooks/after-each.sql'
        "$verbose" | Should -BeLike "*Ran hooks/after-each.sql for $($results[1].Name) in *"
        Log | Should -Be "after-each $($results[0].Name)", "after-each $($results[1].Name)"
        (Get-MigrationHistory $database | Where-Object Event -eq Ran)[0].Name | Should -Be 'hooks/before-run.sql'
    }

    It 'are named by -WhatIf, and left out by -NoHooks' {
        (Invoke-Migration $database $folder -WhatIf)[0].Hooks | Should -Be 'hooks/before-run.sql', 'hooks/after-each.sql'
        $result = Invoke-Migration $database $folder -NoHooks -First 1
        $result.Hooks | Should -BeNullOrEmpty
        $result.HooksSkipped | Should -Be 'before-run.sql', 'after-each.sql', 'on-error.sql'
        Get-MigrationHistory $database | Where-Object Event -eq Ran | Should -BeNullOrEmpty
    }

    It 'that fail roll their migration back, and on-error runs' {
        Add-Content "$folder/hooks/after-each.sql" 'SELECT * FROM nowhere;'
        $failure = Get-ErrorOf { Invoke-Migration $database $folder }
        $failure.FullyQualifiedErrorId | Should -BeLike 'StatementFailed,*'
        Split-Path $failure.Exception.Location.File -Leaf | Should -Be 'after-each.sql'
        (Get-MigrationStatus $database $folder).State | Should -Be 'Pending', 'Pending'
        Log | Should -Be "on-error $((Get-MigrationStatus $database $folder)[0].Name)"
        Undo-Migration $database $folder -NoHooks -ErrorAction Stop | Should -BeNullOrEmpty
    }
}
