BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Proving and checking' {
    BeforeEach {
        $folder = New-TestFolder 0
        $database = New-TestDatabase SQLite
        Set-Content "$folder/001_people.sql" 'CREATE TABLE people (id integer PRIMARY KEY, name text);'
        Set-Content "$folder/001_people.down.sql" 'DROP TABLE people;'
        Set-Content "$folder/002_names.sql" 'CREATE INDEX people_name ON people (name);'
        Set-Content "$folder/002_names.down.sql" 'SELECT 1;'
    }

    It 'rehearses, names the exact difference, and leaves the database alone' {
        $results = Test-Migration $database $folder -ErrorVariable bad -ErrorAction SilentlyContinue
        $results.Name | Should -Be '001_people', '002_names'
        $results.UndoProven | Should -Be $true, $false
        $results[1].Differences.Kind | Should -Be 'Added'
        $results[1].Differences.Name | Should -BeLike '*people_name'
        $bad.Count | Should -Be 1
        $bad[0].FullyQualifiedErrorId | Should -BeLike 'CheckFailed,*'
        $bad[0].Exception.Message | Should -BeLike '*002_names*'
        Test-Path $database | Should -BeFalse
    }

    It 'says what was not run because it reaches beyond the copy' {
        $other = Join-Path $folder 'other.db'
        Set-Content "$folder/003_other.sql" "ATTACH '$other' AS o;`nCREATE TABLE o.x (a);"
        $result = Test-Migration $database $folder -ErrorVariable bad -ErrorAction SilentlyContinue | Select-Object -Last 1
        $result.NotRun | Should -BeLike '*003_other.sql:1:1: ATTACH DATABASE*reaches beyond the copy*'
        $result.Applies, $result.IsGood | Should -Be $false, $false
        ($result | Format-Table | Out-String) | Should -BeLike '*not run*not run*003_other*'
        $bad[0].Exception.Message | Should -BeLike '*003_other was not rehearsed*'
        (Get-ErrorOf { Compare-DatabaseSchema $folder "$folder/none.db" -Database $database }).FullyQualifiedErrorId | Should -BeLike 'ReachesBeyondCopy,*'
        Test-Path $other | Should -BeFalse
    }

    It 'shows verdicts in the status, and Undo-Migration heeds them' {
        $null = Test-Migration $database $folder -ErrorAction SilentlyContinue
        $null = Invoke-Migration $database $folder
        (Get-MigrationStatus $database $folder).UndoProven | Should -Be $true, $false
        (Get-ErrorOf { Undo-Migration $database $folder -RequireProven -WarningAction SilentlyContinue }).FullyQualifiedErrorId | Should -BeLike 'UndoUnproven,*'
        Undo-Migration $database $folder -WarningVariable told -WarningAction SilentlyContinue | Should -Not -BeNullOrEmpty
        "$told" | Should -BeLike '*002_names*'
        (Undo-Migration $database $folder -RequireProven).Name | Should -Be '001_people'
    }

    It 'shows several differences by their names' {
        Set-Content "$folder/003_more.sql" 'CREATE INDEX people_x ON people (name); CREATE INDEX people_y ON people (name);'
        Set-Content "$folder/003_more.down.sql" 'SELECT 1;'
        $table = Test-Migration $database $folder -ErrorAction SilentlyContinue | Format-Table | Out-String -Width 300
        $table | Should -Not -BeLike '*System.Object*'
        $table | Should -Match 'proven +\d+ ms 001_people'
        $table | Should -Match 'NOT PROVEN +\d+ ms 003_more\s+! Added Index \S*people_y\s+! Added Index \S*people_x'
    }

    It 'compares values on a copy with rows, and takes a proof of the schema alone only where that is said' {
        Set-Content "$folder/002_names.sql" "UPDATE people SET name = upper(name);"
        Set-Content "$folder/002_names.down.sql" "UPDATE people SET name = lower(name);"
        $null = Invoke-Migration $database $folder
        (Test-Migration $database $folder -All).UndoVerdict | Should -Be 'Proven', 'SchemaOnly'
        (Get-ErrorOf { Undo-Migration $database $folder -RequireProven }).Exception.Message | Should -BeLike '*002_names*schema only*'
        (Get-ErrorOf { Undo-Migration $database $folder -SchemaOnly }).FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'
        (Undo-Migration $database $folder -RequireProven -SchemaOnly -WarningAction SilentlyContinue).Name | Should -Be '002_names'
        & sqlite3 $database "INSERT INTO people (name) VALUES ('Ann');"
        $result = Test-Migration $database $folder -WithData -ErrorAction SilentlyContinue
        $result.UndoVerdict | Should -Be 'ValuesDiffer'
        "$($result.ValueDifferences)" | Should -Be 'values differ in people: 1 row'
        ($result | Format-Table | Out-String -Width 300) | Should -BeLike '*! values differ in people: 1 row*'
    }

    It 'says in every object what to do next in cmdlets' {
        $null = Invoke-Migration $database $folder -First 1
        $results = @(Test-SchemaIntegrity $database $folder) + @(Test-Migration $database $folder -Checklist -ErrorAction SilentlyContinue)
        ($results | Where-Object Name -eq backup-age)[0].Recommendation | Should -Be 'Specify it with -BackupPath.'
        $ways = $results.Recommendation.Where{ $_ }
        $ways.Count | Should -BeGreaterThan 3
        "$ways" | Should -BeLike '*Invoke-Migration*'
        $ways + $results.Message | Should -Not -Match "(?<![\w-])--[a-z]|\bmigrations (up|down|status|repair|test|check|backup|verify)\b"
        $report = Join-Path (Get-Item TestDrive:).FullName 'words.xml'
        $null = Test-SchemaIntegrity $database $folder -Quiet -ReportPath $report
        Get-Content $report -Raw | Should -Not -Match "migrations up|--backups"
    }

    It 'ignores what other programs keep, and more on request' {
        $null = Invoke-Migration $database $folder
        & sqlite3 $database 'CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER); CREATE TABLE audit_log (id integer);'
        (Test-SchemaIntegrity $database $folder -Category Drift -ErrorAction SilentlyContinue).Target | Should -Be 'audit_log'
        (Test-SchemaIntegrity $database $folder -Category Drift -Ignore audit_*).Message | Should -BeLike '*Not compared: _litestream_seq, audit_log.'
        (Compare-DatabaseSchema $folder $database).Name | Should -Be 'audit_log'
        Compare-DatabaseSchema $folder $database -Ignore audit_log | Should -BeNullOrEmpty
        (Get-ErrorOf { Invoke-Migration $database $folder -Check }).FullyQualifiedErrorId | Should -BeLike 'CheckFailed,*'
        Invoke-Migration $database $folder -Check -Ignore audit_log | Should -BeNullOrEmpty
    }

    It 'checks also when nothing is pending' {
        $null = Invoke-Migration $database $folder
        $null = New-Item -ItemType Directory "$folder/checks" -Force
        Set-Content "$folder/checks/never.sql" "-- check: never`n-- expect: rows 0`nSELECT 1;"
        foreach ($more in @{}, @{ Confirm = $false; Verbose = $true }) {
            $bad = Get-ErrorOf { Invoke-Migration $database $folder -Check @more 4>$null }
            $bad.FullyQualifiedErrorId | Should -BeLike 'CheckFailed,*'
            $bad.Exception.Message | Should -BeLike 'Nothing was pending*never*'
        }
    }

    It 'answers the checklist' {
        $items = Test-Migration $database $folder -Checklist -ErrorAction SilentlyContinue
        ($items | Where-Object Target -EQ '001_people').Name | Should -Be 'naming', 'rollback-exists', 'applies-on-empty-data', 'applies-on-populated-data', 'rollback-tested', 'duration', 'backup-made'
    }

    It 'writes one object per check and one error that names all failures' {
        Set-Content (New-Item "$folder/checks/people.sql" -Force) "-- check: somebody is there`n-- expect: rows > 0`nSELECT id FROM people;"
        $null = Invoke-Migration $database $folder
        $results = Test-SchemaIntegrity $database $folder -ErrorVariable bad -ErrorAction SilentlyContinue
        ($results | Where-Object Status -EQ Fail).Name | Should -Be 'somebody is there'
        $results.Category | Should -Contain 'drift'
        $bad.Count | Should -Be 1
        $bad[0].FullyQualifiedErrorId | Should -BeLike 'CheckFailed,*'
        $bad[0].Exception.Message | Should -BeLike '*somebody is there*'
        Test-SchemaIntegrity $database $folder -Quiet | Should -BeFalse
        Test-SchemaIntegrity $database $folder -Category drift, schema -Quiet | Should -BeTrue
        (Test-SchemaIntegrity $database $folder -Name history-*).Count | Should -BeGreaterThan 3
    }

    It 'is not good when the database cannot be asked' {
        { Test-SchemaIntegrity $database $folder -Quiet } | Should -Throw -ErrorId 'DatabaseMissing,*'
        $null = Invoke-Migration $database $folder
        $database, 'missing.db' | Test-SchemaIntegrity -Path $folder -Quiet -ErrorAction SilentlyContinue | Should -BeFalse
    }

    It 'asks declared checks on a copy where that is wanted' {
        $null = Invoke-Migration $database $folder
        $null = New-Item -ItemType Directory "$folder/checks"
        Set-Content "$folder/checks/here.sql" "-- check: this is the database itself`n-- expect: value 1`nSELECT file = '$database' FROM pragma_database_list WHERE name = 'main';"
        (Test-SchemaIntegrity $database $folder -Category declared).Status | Should -Be 'Pass'
        (Test-SchemaIntegrity $database $folder -Category declared -Scratch -ErrorAction SilentlyContinue).Status | Should -Be 'Fail'
    }

    It 'writes a report for a pipeline' {
        $null = Invoke-Migration $database $folder
        $null = Test-SchemaIntegrity $database $folder -ReportPath "$folder/report.xml"
        $report = [xml](Get-Content "$folder/report.xml" -Raw)
        $report.testsuites.testsuite.name | Should -Be (Get-MigrationStatus $database $folder)[0].Database
        [int]$report.testsuites.testsuite.failures | Should -Be 0
    }

    It 'fails a run whose checks fail' {
        Set-Content (New-Item "$folder/checks/people.sql" -Force) "-- expect: rows > 0`nSELECT id FROM people;"
        (Get-ErrorOf { Invoke-Migration $database $folder -Check }).FullyQualifiedErrorId | Should -BeLike 'CheckFailed,*'
        (Get-MigrationStatus $database $folder).State | Should -Be 'Applied', 'Applied'
    }

    It 'lists, writes and compares schemas' {
        $null = Invoke-Migration $database $folder
        (Get-DatabaseSchema $database | Where-Object Type -EQ Index).Name | Should -BeLike '*people_name'
        Set-Content "$folder/whole.sql.txt" (Get-DatabaseSchema $database -AsSql)
        Move-Item "$folder/whole.sql.txt" "$TestDrive/whole.sql" -Force
        Compare-DatabaseSchema "$TestDrive/whole.sql" $database | Should -BeNullOrEmpty
        Compare-DatabaseSchema $folder "$TestDrive/whole.sql" -Database $database | Should -BeNullOrEmpty
        $print = Get-DatabaseSchema $database -Fingerprint
        $null = Undo-Migration $database $folder -WarningAction SilentlyContinue
        Set-Content "$TestDrive/whole.sql" 'CREATE TABLE people (id integer PRIMARY KEY);'
        $differences = Compare-DatabaseSchema "$TestDrive/whole.sql" $database
        $differences.Count | Should -Be 2
        Get-DatabaseSchema $database -Fingerprint | Should -Be $print -Because 'the broken undo left the index behind'
    }

    It 'refuses to lose rows that nobody accepted, and tells them with -WhatIf' {
        Set-Content "$folder/002_names.down.sql" 'DROP INDEX people_name;'
        Set-Content "$folder/003_ada.sql" "INSERT INTO people VALUES (1, 'Ada');"
        Set-Content "$folder/003_ada.down.sql" 'DELETE FROM people;'
        $null = Invoke-Migration $database $folder
        $caught = Get-ErrorOf { Undo-Migration $database $folder -Force -WarningAction SilentlyContinue }
        $caught.FullyQualifiedErrorId | Should -BeLike 'DataLossRefused,*'
        $caught.Exception.Message | Should -BeLike '*(1 row)*'
        $caught.ErrorDetails.RecommendedAction | Should -BeLike '*-AcceptDataLoss*'
        (Get-MigrationStatus $database $folder)[2].State | Should -Be 'Applied'
        (Undo-Migration $database $folder -Force -AcceptDataLoss -WarningAction SilentlyContinue).Name | Should -Be '003_ada'
    }
}
