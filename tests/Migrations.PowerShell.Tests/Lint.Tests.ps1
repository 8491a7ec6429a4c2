BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Test-MigrationScript on <Engine>' -ForEach $engines {
    BeforeEach {
        $database, $folder = (New-TestDatabase $Engine), (New-TestFolder 0)
        Set-Content "$folder/001_a.sql" 'CREATE TABLE a (id integer PRIMARY KEY, t text);'
        Set-Content "$folder/001_a_rollback.sql" 'DROP TABLE a;'
        $null = Invoke-Migration $database $folder
        Set-Content "$folder/002_t.sql" "`nALTER TABLE a DROP COLUMN t;"
        Set-Content "$folder/002_t_rollback.sql" 'ALTER TABLE a ADD COLUMN t text;'
    }

    It 'writes findings of a database and of a folder alone' {
        $found = Test-MigrationScript $database $folder
        $found.Rule | Should -Be 'drop-column'
        $found.Line | Should -Be 2
        $found.Database | Should -Not -BeNullOrEmpty
        $found.Rewrite[-1].Sql | Should -BeLike 'ALTER TABLE a DROP COLUMN t;'
        $alone = Test-MigrationScript -Engine $Engine -Path $folder
        $alone.Rule | Should -Be 'drop-column'
        $alone.Database | Should -BeNullOrEmpty
        ($alone | Out-String) | Should -BeLike '*drop-column*002_t.sql:2*'
        Test-MigrationScript -Engine $Engine -Path $folder -Name 001 | Should -BeNullOrEmpty
        Test-MigrationScript -Engine $Engine -Path $folder -From 001 | Should -BeNullOrEmpty
        Test-MigrationScript -Engine $Engine -Path $folder -Off drop-column | Should -BeNullOrEmpty
    }

    It 'answers with yes or no, an error, and a SARIF file' {
        Test-MigrationScript $database $folder -Quiet | Should -BeFalse
        Test-MigrationScript $database $folder -Quiet -Off drop-column | Should -BeTrue
        (Get-ErrorOf { Test-MigrationScript $database $folder -Strict }).FullyQualifiedErrorId | Should -BeLike 'UnsafeChange,*'
        $null = Test-MigrationScript $database $folder -SarifPath "$folder/../lint.sarif"
        (Get-Content -Raw "$folder/../lint.sarif" | ConvertFrom-Json).runs[0].results.ruleId | Should -Be 'drop-column'
    }

    It 'writes the safe steps that copies have proven' {
        Set-Content "$folder/002_t.sql" 'DROP TABLE a;'
        Set-Content "$folder/002_t_rollback.sql" 'CREATE TABLE a (id integer PRIMARY KEY, t text);'
        $found = Test-MigrationScript $database $folder -Rewrite -WhatIf | Where-Object Rule -EQ 'drop-table'
        $found.Written | Should -HaveCount 3 -Because $found.NotWritten
        Get-ChildItem $folder | Should -HaveCount 4
        $found = Test-MigrationScript $database $folder -Rewrite | Where-Object Rule -EQ 'drop-table'
        $found.Written | ForEach-Object { $_ | Should -Exist }
        Get-Content -Raw "$folder/002_t.sql" | Should -BeLike 'ALTER TABLE a RENAME TO a_unused;*'
        (Invoke-Migration $database $folder -WarningAction SilentlyContinue).Outcome | Should -Be 'Done', 'Done'
        (Get-ErrorOf { Test-MigrationScript -Engine $Engine -Path $folder -Rewrite }).FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'
    }

    It 'finds nothing in a file in batches, which -WhatIf shows as such' {
        Set-Content "$folder/002_t.sql" "-- Batch: 2 rows`nUPDATE a SET t = 'x' WHERE t IS NULL;"
        Test-MigrationScript $database $folder | Should -BeNullOrEmpty
        $env:BATCH_DATABASE = $database
        $shown = pwsh -NoProfile -Command "Import-Module '$manifest'; Invoke-Migration `$env:BATCH_DATABASE '$folder' -WhatIf" | Out-String
        $shown | Should -BeLike '*-- 002_t, in batches of 2 rows*UPDATE a SET t*'
    }

    It 'is asked by Invoke-Migration: a warning, or a refusal' {
        $failure = Get-ErrorOf { Invoke-Migration $database $folder -Strict }
        $failure.FullyQualifiedErrorId | Should -BeLike 'UnsafeChange,*'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike "*'Test-MigrationScript'*"
        Invoke-Migration $database $folder -WhatIf -InformationVariable said | Should -Not -BeNullOrEmpty
        $null = Invoke-Migration $database $folder -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike '*002_t.sql:2: Drops t of a with its values.*Test-MigrationScript shows the SQL*'
        Test-MigrationScript $database $folder | Should -BeNullOrEmpty
    }
}
