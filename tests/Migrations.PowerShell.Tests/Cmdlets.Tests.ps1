BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'PostgreSQL' {
    It 'is there; without it all tests on PostgreSQL are left out' -Skip:(-not $postgreSql) { Invoke-Sql $postgreSql 'SELECT 1' | Should -Be 1 }
}

Describe 'Every cmdlet on <Engine>' -ForEach $engines {
    BeforeEach {
        $database = New-TestDatabase $Engine
        $folder = New-TestFolder 3
    }

    It 'applies, shows and undoes' {
        $results = Invoke-Migration $database $folder
        $results.Name | Should -Be '001_t1', '002_t2', '003_t3'
        $results[0] | Should -BeOfType ([Migrations.MigrationResult])
        $results.Outcome | Should -Be 'Done', 'Done', 'Done'
        $results[0].Duration | Should -BeOfType ([timespan])
        $results[0].Version | Should -BeOfType ([Migrations.MigrationVersion])

        $status = Get-MigrationStatus $database $folder
        $status.State | Should -Be 'Applied', 'Applied', 'Applied'
        $status[0].AppliedAt | Should -BeOfType ([DateTimeOffset])
        $status[0].Error | Should -Be $null

        (Undo-Migration $database $folder -AcceptDataLoss).Name | Should -Be '003_t3'
        (Undo-Migration $database $folder -AcceptDataLoss -Name 002_t2).Direction | Should -Be 'Down'
        (Get-MigrationStatus $database $folder).State | Should -Be 'Applied', 'RolledBack', 'RolledBack'
    }

    It 'writes nothing when nothing is to be done' {
        $null = Invoke-Migration $database $folder
        Invoke-Migration $database $folder | Should -BeNullOrEmpty
    }

    It 'stops at a target or after a number' {
        (Invoke-Migration $database $folder -Target 1).Count | Should -Be 1
        (Invoke-Migration $database $folder -First 1).Name | Should -Be '002_t2'
    }

    It 'runs all in one transaction' {
        Set-Content "$folder/003_t3.sql" 'CREATE TABLE t3 (id integer); SELECT nothing FROM nowhere;'
        (Get-ErrorOf { Invoke-Migration $database $folder -TransactionMode All }).FullyQualifiedErrorId | Should -BeLike 'StatementFailed,*'
        (Get-MigrationStatus $database $folder).State | Should -Be 'Pending', 'Pending', 'Failed'
        Set-Content "$folder/003_t3.sql" 'CREATE TABLE t3 (id integer);'
        (Invoke-Migration $database $folder -TransactionMode All).Count | Should -Be 3
    }

    It 'sums up, with the engine and its version' {
        $null = Invoke-Migration $database $folder -First 2
        $summary = Get-MigrationStatus $database $folder -Summary
        $summary | Should -BeOfType ([Migrations.DatabaseStatus])
        $summary.Engine | Should -Be $Engine
        $summary.Total, $summary.Applied, $summary.Pending, $summary.Failed | Should -Be 3, 2, 1, 0
        "$($summary.Current)" | Should -Be '002'
        $summary.Healthy | Should -BeTrue
        $summary.LockedBy | Should -BeNullOrEmpty
    }

    It 'keeps a history' {
        $null = Invoke-Migration $database $folder
        $null = Undo-Migration $database $folder -AcceptDataLoss
        $history = Get-MigrationHistory $database
        $history.Event | Should -Be 'Applied', 'Applied', 'Applied', 'RolledBack'
        $history[0] | Should -BeOfType ([Migrations.History.JournalEntry])
        (Get-MigrationHistory $database -Service other) | Should -BeNullOrEmpty
    }

    It 'keeps a file with the schema' {
        $null = Invoke-Migration $database $folder -SchemaFile "$folder/schema.sql" -WhatIf
        Test-Path "$folder/schema.sql" | Should -BeFalse
        (Invoke-Migration $database $folder -SchemaFile "$folder/schema.sql").Count | Should -Be 3
        Get-Content "$folder/schema.sql" -Raw | Should -Be (Get-DatabaseSchema $database -AsSql)
        Remove-Item "$folder/schema.sql"
        Get-MigrationStatus $database $folder | Invoke-Migration -SchemaFile "$folder/schema.sql" | Should -BeNullOrEmpty
        Test-Path "$folder/schema.sql" | Should -BeTrue
    }

    It 'shows the events that are wanted, and a profile' {
        $null = Invoke-Migration $database $folder
        $all = @(Get-MigrationHistory $database)
        (Get-MigrationHistory $database -Last 1).Id | Should -Be $all[-1].Id
        (Get-MigrationHistory $database -Name 002 -Event Applied)[-1].Name | Should -BeLike '002_*'
        @(Get-MigrationHistory $database -Since 1h).Count | Should -Be $all.Count
        @(Get-MigrationHistory $database -Since (Get-Date).AddHours(1)).Count | Should -Be 0
        @(Get-MigrationHistory $database -Since ([timespan]::FromHours(1))).Count | Should -Be $all.Count
        (Get-ErrorOf { Get-MigrationHistory $database -Since soon }).Exception.Message | Should -BeLike "*Invalid moment 'soon'*7d*"
        ($all[0] | Get-MigrationHistory -Last 1).Name | Should -Be $all[0].Name
        $profiles = Get-MigrationHistory $database -Profile
        $profiles[0] | Should -BeOfType ([Migrations.History.MigrationProfile])
        @($profiles.Name | Sort-Object -Unique).Count | Should -Be @($all.Name | Sort-Object -Unique).Count
        $profiles[0].Last | Should -BeOfType ([timespan])
        ($profiles | Out-String) | Should -Match 'Median\s+Longest\s+Statements'
        ($profiles[0] | Get-MigrationHistory)[0].Name | Should -Be $profiles[0].Name
    }

    It 'shows everything as pending where the database does not exist yet' {
        $missing = $Engine -eq 'SQLite' ? $database : ($database -replace '/[^/?]+(?=\?|$)', '/no_such_db')
        $status = Get-MigrationStatus $missing $folder -WarningVariable warnings -WarningAction SilentlyContinue
        $status.State | Sort-Object -Unique | Should -Be 'Pending'
        "$warnings" | Should -BeLike '*does not exist yet*'
        (Get-MigrationStatus $missing $folder -Summary -WarningAction SilentlyContinue).Exists | Should -BeFalse
        if ($Engine -eq 'SQLite') { Test-Path $missing | Should -BeFalse }
    }

    It 'repairs: accepts an edit' {
        $null = Invoke-Migration $database $folder
        Add-Content "$folder/002_t2.sql" 'INSERT INTO t2 VALUES (7);'
        (Get-MigrationStatus $database $folder)[1].State | Should -Be 'Changed'
        (Get-ErrorOf { Invoke-Migration $database $folder }).FullyQualifiedErrorId | Should -BeLike 'MigrationChanged,*'
        $repair = Repair-MigrationHistory $database $folder -Name 002
        $repair.Name, $repair.Repair | Should -Be '002_t2', 'Changed'
        $repair.Differences.Current | Should -Be 'INSERT INTO t2 VALUES (7)'
        (Get-MigrationStatus $database $folder)[1].State | Should -Be 'Applied'
        (Get-ErrorOf { Repair-MigrationHistory $database $folder }).FullyQualifiedErrorId | Should -BeLike 'RepairNotNeeded,*'
    }

    It 'knows a renumbered migration, and does not take another one for an edit' {
        $null = Invoke-Migration $database $folder
        Rename-Item "$folder/003_t3.sql" 004_t3.sql
        Rename-Item "$folder/003_t3.down.sql" 004_t3.down.sql
        (Get-ErrorOf { Invoke-Migration $database $folder }).FullyQualifiedErrorId | Should -BeLike 'MigrationRenamed,*'
        (Get-MigrationStatus $database $folder)[2].RecordedAs | Should -Be '003_t3'
        (Repair-MigrationHistory $database $folder -Force).Repair | Should -Be 'Renamed'
        Remove-Item "$folder/002_t2.sql", "$folder/002_t2.down.sql"
        Set-Content "$folder/002_other.sql" 'CREATE TABLE other (id integer);'
        $record = Get-ErrorOf { Repair-MigrationHistory $database $folder -Name 002_other }
        $record.FullyQualifiedErrorId | Should -BeLike 'OtherMigration,*'
        $record.ErrorDetails.RecommendedAction | Should -BeLike 'Is this the right folder?*-Path*'
    }

    It 'does not count what is for another environment' {
        Set-Content "$folder/003_t3.sql" "-- Environment: staging`nCREATE TABLE t3 (id integer);"
        $null = Invoke-Migration $database $folder -WarningAction Ignore
        (Get-MigrationStatus $database $folder).State | Should -Be 'Applied', 'Applied', 'NotHere'
        (Get-MigrationStatus $database $folder -Summary).Pending | Should -Be 0
    }

    It 'sets a baseline' {
        # There must be a database to have a schema.
        $null = Invoke-Migration $database (New-TestFolder 1) -HistoryTable other_history
        Set-MigrationBaseline $database $folder 002 | Should -BeNullOrEmpty
        (Get-MigrationStatus $database $folder).State | Should -Be 'Applied', 'Applied', 'Pending'
        (Invoke-Migration $database $folder).Name | Should -Be '003_t3'
    }

    It 'takes over the history of another tool, and gives it back' {
        $null = Invoke-Migration $database $folder -First 2 -HistoryTable other_history
        $sql = "CREATE TABLE _migrations (id integer, name text, applied_at text); INSERT INTO _migrations VALUES (1, '001_t1', '2024-01-15 10:30:22'), (2, '002_t2', '2024-01-15 10:30:23'); DROP TABLE other_history;"
        if ($Engine -eq 'SQLite') { & sqlite3 $database $sql } else { $null = Invoke-Sql $database $sql }
        { Invoke-Migration $database $folder } | Should -Throw '*_migrations*' -ErrorId 'ForeignHistoryFound*'
        $plan = Import-MigrationHistory $database $folder -WhatIf
        $plan.IsWritten | Should -BeFalse
        $plan.Obstacles | Should -BeNullOrEmpty
        $plan.Migrations.Proof | Should -Be 'Schema', 'Schema'
        (Import-MigrationHistory $database $folder -KeepInStep).IsWritten | Should -BeTrue
        (Get-MigrationStatus $database $folder).AdoptedFrom | Should -Be 'a runner with a table _migrations', 'a runner with a table _migrations', $null
        (Invoke-Migration $database $folder).Name | Should -Be '003_t3'
        (Import-MigrationHistory $database $folder -Undo).Statements | Should -BeNullOrEmpty
        (Import-MigrationHistory $database $folder).Migrations.Name | Should -Be '001_t1', '002_t2', '003_t3'
    }

    It 'takes over the names of programs, proven by their SQL' {
        $sql = "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('ae10'); CREATE TABLE a (id integer PRIMARY KEY);"
        if ($Engine -eq 'SQLite') { & sqlite3 $database $sql } else { $null = Invoke-Sql $database $sql }
        $script = Join-Path $TestDrive 'script.sql'
        Set-Content $script 'CREATE TABLE b (id integer PRIMARY KEY);'
        { Import-MigrationHistory $database $folder -SqlPath $script } | Should -Throw '*does not make it*' -ErrorId 'AdoptionUnproven*'
        Set-Content $script 'CREATE TABLE a (id integer PRIMARY KEY);'
        $adopted = Import-MigrationHistory $database $folder -SqlPath $script
        $adopted.Verdict | Should -Be 'Proven'
        $adopted.UnmatchedEntries | Should -Be 'revision ae10'
        (Invoke-Migration $database $folder).Name | Should -Be '001_t1', '002_t2', '003_t3'
    }

    It 'undoes several when told to' {
        $null = Invoke-Migration $database $folder
        (Undo-Migration $database $folder -AcceptDataLoss -To 1 -Force).Name | Should -Be '003_t3', '002_t2'
        $null = Invoke-Migration $database $folder
        (Undo-Migration $database $folder -AcceptDataLoss -Last 2 -Confirm:$false).Count | Should -Be 2
        (Undo-Migration $database $folder -AcceptDataLoss -All -Force).Name | Should -Be '001_t1'
    }

    It 'repeats the sample' {
        $sample = if ($Engine -eq 'SQLite') { "$repository/samples/shop" } else { "$repository/samples/shop-postgresql" }
        $count = (Invoke-Migration $database $sample).Count
        (Undo-Migration $database $sample -AcceptDataLoss -All -Force).Count | Should -Be $count
        (Invoke-Migration $database $sample).Count | Should -Be $count
    }
}

Describe 'Merge-Migration' {
    It 'folds migrations into one, or says which cannot be' {
        $folder = New-Item -ItemType Directory "$TestDrive/fold"
        Set-Content "$folder/001_a.sql" 'CREATE TABLE a (id integer PRIMARY KEY, n integer); INSERT INTO a VALUES (2, 20), (1, 10);'
        Set-Content "$folder/002_b.sql" 'ALTER TABLE a ADD COLUMN m integer; UPDATE a SET m = 1;'
        Set-Content "$folder/003_c.sql" "-- Environment: staging`nCREATE TABLE c (id integer);"
        $null = Invoke-Migration "$TestDrive/fold.db" $folder -WarningAction SilentlyContinue
        $shown = Merge-Migration 002 $folder -Database "$TestDrive/none.db" -WhatIf
        $shown.Outcome, $shown.Name, ($shown.Replaces -join ' ') | Should -Be 'WhatIf', '002_squash', '001_a 002_b'
        "$folder/archive" | Should -Not -Exist
        $refused = Merge-Migration 003 $folder -Database "$TestDrive/none.db" -Environment staging -ErrorAction SilentlyContinue -ErrorVariable failed
        $refused.Reasons | Should -BeLike '003_c: it runs in staging only*'
        $failed.FullyQualifiedErrorId | Should -BeLike 'GenerationRefused,*'
        $done = Merge-Migration 002 $folder -Database "$TestDrive/none.db" -Name first
        $done.Files, $done.Archived.Count | Should -Be "$folder/002_first.sql", 2
        (Invoke-Migration "$TestDrive/fold.db" $folder -WarningAction SilentlyContinue).Name | Should -Be '002_first'
        (Get-MigrationHistory "$TestDrive/fold.db").Event[-1] | Should -Be 'Squashed'
        (Get-MigrationStatus "$TestDrive/fold.db" $folder).ForEach({ "$($_.Name) $($_.State)" }) | Should -Be '002_first Applied', '003_c NotHere'
    }
}

Describe 'New-Migration' {
    It 'goes on with the number and the layout of the folder' {
        $folder = New-TestFolder 2
        $files = New-Migration 'add user prefs' $folder -Description 'Preferences'
        $files | Should -BeOfType ([IO.FileInfo])
        $files.Name | Should -Be '003_add_user_prefs.sql', '003_add_user_prefs.down.sql'
        Get-Content $files[0] -Raw | Should -BeLike '*Preferences*'
    }

    It 'writes a migration from the schema that is wanted, or says why not' {
        $folder = New-Item -ItemType Directory "$TestDrive/from"
        Set-Content "$TestDrive/schema.sql" 'CREATE TABLE a (id integer PRIMARY KEY, n integer);'
        $first = New-Migration first $folder -From "$TestDrive/schema.sql" -Database "$TestDrive/none.db" -Force
        $first.Outcome, $first.Files.Count | Should -Be 'Written', 2
        Set-Content "$TestDrive/schema.sql" 'CREATE TABLE b (id integer PRIMARY KEY, m integer);'
        $second = New-Migration second $folder -From "$TestDrive/schema.sql" -Database "$TestDrive/none.db" -Rename a=b, a.n=m -WhatIf
        $second.Up | Should -BeLike '*RENAME COLUMN n TO m;*RENAME TO b;*'
        (Get-ErrorOf { New-Migration x $folder -From "$TestDrive/schema.sql" -Database "$TestDrive/none.db" -Rename a=c }).FullyQualifiedErrorId |
            Should -BeLike 'UsageInvalid,*'
        Set-Content "$TestDrive/schema.sql" 'CREATE TABLE a (id integer PRIMARY KEY, n integer); CREATE VIRTUAL TABLE f USING fts5(a);'
        $null = New-Migration third $folder -From "$TestDrive/schema.sql" -Database "$TestDrive/none.db" -Force
        Set-Content "$TestDrive/schema.sql" 'CREATE TABLE a (id integer PRIMARY KEY, n integer); CREATE VIRTUAL TABLE f USING fts5(b);'
        $refused = New-Migration fourth $folder -From "$TestDrive/schema.sql" -Database "$TestDrive/none.db" -Force -ErrorAction SilentlyContinue -ErrorVariable failed
        $refused.Outcome, $failed.FullyQualifiedErrorId | Should -BeLike '*e*'
        $failed.FullyQualifiedErrorId | Should -BeLike 'GenerationRefused,*'
    }

    It 'writes the undo of a migration that has none, and says why of one that can have none' {
        $folder = New-Item -ItemType Directory "$TestDrive/undo"
        Set-Content "$folder/001_a.sql" 'CREATE TABLE a (id integer PRIMARY KEY, n integer);'
        Set-Content "$folder/002_b.sql" 'ALTER TABLE a ADD COLUMN m integer;'
        Set-Content "$folder/003_c.sql" 'UPDATE a SET n = 1;'
        $shown = New-Migration -UndoOf 2 -Path $folder -Database "$TestDrive/none.db" -WhatIf
        $shown.Outcome, $shown.UndoMessage | Should -Be 'WhatIf', 'undo proven for the schema only: there were no rows to compare'
        "$folder/002_b.down.sql" | Should -Not -Exist
        $results = New-Migration -MissingUndo -Path $folder -Database "$TestDrive/none.db" -ErrorAction SilentlyContinue -ErrorVariable failed
        $results | Should -BeOfType ([Migrations.Generating.GeneratedMigration])
        $results.Outcome | Should -Be 'Written', 'Written', 'Refused'
        $results[2].Reasons | Should -BeLike 'Line 1: UPDATE a*'
        $failed.FullyQualifiedErrorId | Should -BeLike 'GenerationRefused,*'
        "$TestDrive/none.db" | Should -Not -Exist
        Get-Content "$folder/002_b.down.sql" -Raw | Should -BeLike '*ALTER TABLE a DROP COLUMN m;*'
    }

    It 'makes a folder below the location of PowerShell, not of the process' {
        Push-Location TestDrive:
        try { (New-Migration first ./new).FullName | Should -Be ((Get-Item ./new).GetFiles().FullName | Sort-Object -Descending) }
        finally { Pop-Location }
    }
}
