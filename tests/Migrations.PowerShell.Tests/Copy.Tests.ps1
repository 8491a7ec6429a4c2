BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Copying and comparing' -Skip:(-not $env:MIGRATIONS_TEST_POSTGRES) {
    BeforeEach {
        $folder = New-TestFolder 0
        Set-Content "$folder/001_people.sql" "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, any); INSERT INTO people VALUES (1, 'ada', 1), (2, 'bob', 'x'); CREATE VIEW names AS SELECT rowid FROM people;"
        $database = New-TestDatabase SQLite
        $target = New-TestDatabase PostgreSQL
        $null = Invoke-Migration $database $folder
    }

    It 'shows the plan, copies, and finds what was changed later' {
        $plan = Copy-Database $database $target -WhatIf 6>&1
        ($plan | Where-Object Table -EQ 'people').Columns.Type | Should -Be 'bigint', 'text', 'text'
        Invoke-Sql $target "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'" | Should -Be 0

        $results = Get-Item $database | Copy-Database -Destination $target
        $people = $results | Where-Object Table -EQ 'people'
        $people.Outcome, $people.Rows, $people.Equal | Should -Be 'Copied', 2, $true
        ($results.LeftOut | Where-Object Name -EQ 'names').Text | Should -Be 'CREATE VIEW names AS SELECT rowid FROM people'
        ($results.LeftOut | Where-Object Kind -EQ 'history').Name | Should -Be 'migration_journal'
        (Compare-Database $database $target).Equal | Should -Be $true

        $null = Invoke-Sql $target "UPDATE people SET name = 'bea' WHERE id = 2"
        $difference = (Compare-Database $database $target -Table p*).Differences
        $difference.Kind, $difference.Key, $difference.Columns | Should -Be 'Changed', 'id 2', 'name'
    }

    It 'reports what the target refuses as an error after the objects, whose lists can be indexed' {
        Set-Content "$folder/002_more.sql" "CREATE TABLE c (id INTEGER PRIMARY KEY, a INT CHECK (a > 0)); PRAGMA ignore_check_constraints = 1; INSERT INTO c VALUES (7, 0);"
        $null = Invoke-Migration $database $folder
        $c = Copy-Database $database $target -Table c -ErrorAction SilentlyContinue -ErrorVariable fault | Where-Object Kind -EQ table
        $c.Equal, $c.IsComplete, $c.Columns[1].Type, $c.LeftOut[0].IsRefused | Should -Be $true, $false, 'bigint', $true
        $fault.FullyQualifiedErrorId | Should -BeLike 'CopyIncomplete,*'
    }

    It 'refuses what is there, unless it is to be dropped' {
        $null = Copy-Database $database $target
        $record = Get-ErrorOf { Copy-Database $database $target }
        $record.FullyQualifiedErrorId | Should -BeLike 'CopyTargetOccupied,*'
        $record.Exception.NextStep | Should -BeLike '*-Recreate*'
        (Get-ErrorOf { Copy-Database $database $target -Recreate }).FullyQualifiedErrorId | Should -BeLike 'ConfirmationRequired,*'
        (Copy-Database $database $target -Recreate -Force | Where-Object Table -EQ 'people').Equal | Should -BeTrue
    }

    It 'leaves rows out on request, and takes chosen types' {
        Set-Content "$folder/002_more.sql" "CREATE TABLE more (id INTEGER PRIMARY KEY, n INT); INSERT INTO more VALUES (1, 'x'), (2, 3);"
        $null = Invoke-Migration $database $folder
        (Get-ErrorOf { Copy-Database $database $target -Table more }).Exception.Message | Should -BeLike '*more.n*id 1*'
        (Get-ErrorOf { Copy-Database $database $target -OnError Reject }).FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'
        $file = Join-Path $folder 'rejected.sql'
        $more = Copy-Database $database $target -Table more -OnError Reject -RejectFile $file | Where-Object Kind -EQ table
        $more.Rows, $more.Rejected | Should -Be 1, 1
        Get-Content $file -Raw | Should -BeLike "*INSERT INTO*'x'*"
        (Copy-Database $database $target -Table more -ColumnType more.n=text -Recreate -Force | Where-Object Kind -EQ table).Columns.Type | Should -Be 'bigint', 'text'
    }
}
