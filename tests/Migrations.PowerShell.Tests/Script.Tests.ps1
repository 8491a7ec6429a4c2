BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Invoke-DatabaseScript on <Engine>' -ForEach $engines {
    BeforeEach {
        $database = New-TestDatabase $Engine
        $null = Invoke-Migration $database (New-TestFolder 1 @{ 1 = "CREATE TABLE t1 (id integer PRIMARY KEY, name text);`nINSERT INTO t1 VALUES (1, 'a'), (2, NULL), (3, '');" })
        $script = "$TestDrive/fix_$([guid]::NewGuid().ToString('N')).sql"
    }

    It 'writes rows as objects with typed values' {
        $rows = Invoke-DatabaseScript $database -Command 'SELECT id, name, id AS "Id" FROM t1 ORDER BY id'
        $rows.Count | Should -Be 3
        $rows[0].PSObject.Properties.Name | Should -Be 'id', 'name', 'Id_2'
        $rows[0].id | Should -BeOfType ($Engine -eq 'SQLite' ? [long] : [int])
        $rows[1].name | Should -BeNull
        $rows[2].name | Should -BeExactly ''
        Invoke-DatabaseScript $database -Command 'SELECT id FROM t1 WHERE id > 9' | Should -BeNullOrEmpty
    }

    It 'runs a file, and writes its result' {
        Set-Content $script 'UPDATE t1 SET name = ''x'';'
        $result = Invoke-DatabaseScript $database $script
        $result | Should -BeOfType Migrations.DatabaseScriptResult
        $result.Outcome, $result.RowsAffected, $result.Statements | Should -Be 'Done', 3, 1
        $result.Name | Should -Be (Split-Path $script -Leaf)
        (Get-MigrationHistory $database -Last 1).Event | Should -Be 'Ran'
    }

    It 'keeps what was done when only the first row is taken' {
        $row = Invoke-DatabaseScript $database -Command 'INSERT INTO t1 VALUES (4, ''d''), (5, ''e'') RETURNING id' | Select-Object -First 1
        $row.id | Should -Be 4
        (Invoke-DatabaseScript $database -Command 'SELECT count(*) AS n FROM t1').n | Should -Be 5
    }

    It 'refuses a loss where no one can be asked, and takes it when it is accepted' {
        $failure = Get-ErrorOf { Invoke-DatabaseScript $database -Command 'DELETE FROM t1 WHERE id < 3' -Confirm:$false }
        $failure.FullyQualifiedErrorId | Should -BeLike 'DataLossRefused,*'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-AcceptDataLoss*Nothing was run.'
        (Invoke-DatabaseScript $database -Command 'DELETE FROM t1 WHERE id < 3' -AcceptDataLoss).RowsAffected | Should -Be 2
    }

    It 'shows the SQL and the loss with -WhatIf, and changes nothing' {
        $before = (Get-MigrationHistory $database).Count
        $result = Invoke-DatabaseScript $database -Command 'DELETE FROM t1' -WhatIf
        $result.Outcome | Should -Be 'WhatIf'
        (Get-MigrationHistory $database).Count | Should -Be $before
    }

    It 'names file and line of an error' {
        Set-Content $script "SELECT 1;`n  SELECT * FROM nowhere;"
        $failure = Get-ErrorOf { Invoke-DatabaseScript $database $script }
        $failure.FullyQualifiedErrorId | Should -BeLike 'StatementFailed,*'
        $failure.Exception.Location.Line | Should -Be 2
    }
}

Describe 'Initialize-Database on <Engine>' -ForEach $engines {
    It 'applies migrations and the seed, stamps, and then finds nothing to do' {
        $database, $folder = (New-TestDatabase $Engine), (New-TestFolder 2)
        Set-Content "$folder/seed.sql" 'INSERT INTO t1 VALUES (42);'
        $preview = Initialize-Database $database $folder -Create -Seed -Stamp local -WhatIf
        $preview.Outcome, $preview.Seed, $preview.Stamp | Should -Be 'WhatIf', 'seed.sql', 'local'
        $preview.Applied | Should -Be '001_t1', '002_t2'
        $first = Initialize-Database $database $folder -Create -Seed -Stamp local
        $first.Outcome, $first.Seed, $first.Stamp | Should -Be 'Initialized', 'seed.sql', 'local'
        $second = Initialize-Database $database $folder -Seed -Stamp local
        $second.Outcome | Should -Be 'AlreadyInitialized'
        (Get-MigrationStatus $database $folder -Summary).Stamp | Should -Be 'local'
    }

    It 'runs an init script that MIGRATION_PATH names while its marker is absent' {
        $database, $script = (New-TestDatabase $Engine), "$TestDrive/init_$Engine.sql"
        Set-Content $script 'CREATE TABLE users (id integer);'
        $before = $env:MIGRATION_PATH
        try {
            $env:MIGRATION_PATH = $script
            (Initialize-Database $database -Create -Marker users).Script | Should -Be "init_$Engine.sql"
            (Initialize-Database $database -Marker users).Outcome | Should -Be 'AlreadyInitialized'
        }
        finally { $env:MIGRATION_PATH = $before }
    }

    It 'takes rows by an init script only with -AcceptDataLoss' {
        $database, $folder = (New-TestDatabase $Engine), (New-TestFolder 1)
        $null = Initialize-Database $database $folder -Create -Confirm:$false
        $null = Invoke-DatabaseScript $database -Command 'INSERT INTO t1 VALUES (42)'
        Set-Content "$folder/drop.sql" 'DROP TABLE t1;'
        (Get-ErrorOf { Initialize-Database $database "$folder/drop.sql" -Confirm:$false }).FullyQualifiedErrorId |
            Should -BeLike 'DataLossRefused,*'
        (Initialize-Database $database "$folder/drop.sql" -AcceptDataLoss -Confirm:$false).Script | Should -Be 'drop.sql'
    }

    It 'reads how to create a database only with -Create' {
        $failure = Get-ErrorOf { Initialize-Database (New-TestDatabase $Engine) (New-TestFolder 1) -Owner app }
        $failure.FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-Create*'
    }
}

Describe 'Initialize-Database' {
    It 'stops at the history of another tool, unless it is ignored' {
        $database = "$TestDrive/foreign.db"
        $other = "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY); INSERT INTO schema_migrations VALUES ('20240101000000');"
        $null = Invoke-Migration $database (New-TestFolder 1 @{ 1 = $other }) -HistoryTable elsewhere
        $folder = New-TestFolder 1
        (Get-ErrorOf { Initialize-Database $database $folder }).FullyQualifiedErrorId | Should -BeLike 'ForeignHistoryFound,*'
        $null = Initialize-Database $database $folder -IgnoreForeignHistory
        (Get-MigrationStatus $database $folder).State | Should -Be 'Applied'
    }

    It 'runs no seed in an environment that asks, unless it is forced' {
        $folder = New-TestFolder 1
        Set-Content "$folder/seed.sql" 'INSERT INTO t1 VALUES (42);'
        $text = @{ path = $folder; environments = @{ production = @{ confirm = $true; database = "$TestDrive/p.db" } } } | ConvertTo-Json -Depth 5
        Set-Content "$TestDrive/migrations.json" $text
        $arguments = @{ ConfigurationPath = "$TestDrive/migrations.json"; Environment = 'production'; Seed = $true }
        $failure = Get-ErrorOf { Initialize-Database @arguments -Confirm:$false }
        $failure.FullyQualifiedErrorId | Should -BeLike 'SeedRefused,*'
        "$TestDrive/p.db" | Should -Not -Exist
        (Initialize-Database @arguments -Create -Force).Seed | Should -Be 'seed.sql'
    }

    It 'creates the folder of a file with -Create' {
        $database = "$TestDrive/new/deep/shop.db"
        (Initialize-Database $database (New-TestFolder 1) -Create).Created | Should -BeTrue
        (Get-ErrorOf { Initialize-Database "$TestDrive/other/shop.db" (New-TestFolder 1) }).FullyQualifiedErrorId | Should -BeLike 'DatabaseFolderMissing,*'
        $failure = Get-ErrorOf { Initialize-Database "$TestDrive/new/deep/shpo.db" (New-TestFolder 1) }
        $failure.FullyQualifiedErrorId | Should -BeLike 'DatabaseMissing,*'
        $failure.ErrorDetails.RecommendedAction | Should -Match 'Initialize-Database -Create'
        "$TestDrive/new/deep/shpo.db" | Should -Not -Exist
    }
}
