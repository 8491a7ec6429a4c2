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

        $results = Get-Item $database | Copy-Database -Destination $target -ThrottleLimit 2
        $people = $results | Where-Object Table -EQ 'people'
        $people.Outcome, $people.Rows, $people.Equal | Should -Be 'Copied', 2, $true
        ($results.LeftOut | Where-Object Name -EQ 'names').Text | Should -Be 'CREATE VIEW names AS SELECT rowid FROM people'
        $history = $results | Where-Object Kind -EQ 'history'
        $history.Table, $history.Outcome, $history.Rows | Should -Be 'migration_journal', 'Copied', 1
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

    It 'copies only rows into the tables of a folder, with a value for a variable' {
        $own = New-TestFolder 0
        Set-Content "$own/001_people.sql" 'CREATE TABLE people (id integer PRIMARY KEY, name varchar(${width}), "any" text);'
        (Copy-Database $database $target -Path $own -Variable @{ width = 2 } -WhatIf -WarningVariable warning -WarningAction SilentlyContinue).Table | Should -Be people
        "$warning" | Should -BeLike '*pending*nothing of that was looked at*'
        $record = Get-ErrorOf { Copy-Database $database $target -Path $own -Variable @{ width = 2 } }
        $record.FullyQualifiedErrorId | Should -BeLike 'CopyRefused,*'
        $record.Exception.Message | Should -BeLike '*people.name*varchar(2)*id 1*'
        $people = Copy-Database $database $target -Path "$own*" -Variable @{ width = 3 } | Where-Object Kind -EQ table
        $people.Equal, $people.Columns[1].Type | Should -Be $true, 'character varying(3)'
        (Get-MigrationStatus $target $own -Variable @{ width = 3 }).State | Should -Be 'Applied'
        (Get-ErrorOf { Copy-Database $database $target -Path $own -Variable @{ width = 3 } }).FullyQualifiedErrorId | Should -BeLike 'CopyTargetOccupied,*'
    }

    It 'gives names by a file, and makes a text searchable' {
        $file = Join-Path $folder 'names.json'
        Set-Content $file '{ "tables": { "peple": { "name": "users" } } }'
        $record = Get-ErrorOf { Copy-Database $database $target -Mapping $file }
        $record.FullyQualifiedErrorId | Should -BeLike 'ConfigurationInvalid,*'
        $record.Exception.Message | Should -BeLike "*names.json:1:15: *Did you mean 'people'?"
        Set-Content $file '{ "tables": { "people": { "name": "users" } } }'
        (Copy-Database $database $target -Mapping $file -FullText people.name | Where-Object Kind -EQ table).TargetTable | Should -Be '"public"."users"'
        Invoke-Sql $target "SELECT id FROM users WHERE name_search @@ to_tsquery('simple', 'bob')" | Should -Be 2
    }

    It 'copies the way back into a new file, and shows its plan' {
        $null = Copy-Database $database $target
        $null = Invoke-Sql $target 'CREATE VIEW ids AS SELECT id FROM people WHERE id > 1'
        $back = New-TestDatabase SQLite
        $plan = Copy-Database $target $back -WhatIf 6>&1
        ($plan | Where-Object Table -EQ 'people').Columns.Type | Should -Be 'INTEGER', 'TEXT', 'TEXT'
        Test-Path $back | Should -BeFalse
        $results = Copy-Database $target $back
        ($results | Where-Object Kind -EQ table).Equal | Should -BeTrue
        ($results | Where-Object Kind -EQ view).Outcome | Should -Be 'Copied'
        (Invoke-DatabaseScript $back -Command 'SELECT id FROM ids').id | Should -Be 2
        (Compare-Database $target $back).Equal | Should -BeTrue
        (Get-ErrorOf { Copy-Database $target $back }).FullyQualifiedErrorId | Should -BeLike 'CopyTargetOccupied,*'
        (Copy-Database $target $back -Recreate -Force | Where-Object Table -EQ people).Rows | Should -Be 2
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

Describe 'Copying and comparing by environment' {
    BeforeAll {
        $root = Join-Path (Get-Item TestDrive:).FullName 'pairs'
        $null = New-Item $root -ItemType Directory
        $scripts = Join-Path $root 'migrations'
        $null = New-Item $scripts -ItemType Directory
        Set-Content "$scripts/001_api.sql" 'CREATE TABLE api (id integer PRIMARY KEY);'
        Set-Content "$root/migrations.json" '{ "services": { "api": { "path": "migrations" } }, "environments": {
            "left": { "databases": { "api": "left.db" } }, "right": { "databases": { "api": "right.db" } },
            "server": { "databases": { "api": "${PAIRS_URL}" } }, "live": { "confirm": true, "databases": { "api": "${PAIRS_URL}" } } } }'
        Push-Location $root
        $null = Invoke-Migration -Environment left
        $null = Invoke-Migration -Environment right
    }
    AfterAll { Pop-Location; $env:PAIRS_URL = $null }

    It 'compares two environments, or one with a database that is named' {
        (Compare-Database -SourceEnvironment left -Environment right -Service api -Table api).Equal | Should -BeTrue
        $null = Invoke-DatabaseScript -Environment right -Command 'INSERT INTO api VALUES (7)' -Confirm:$false
        (Compare-Database -SourceEnvironment left -Environment right -Table api).Equal | Should -BeFalse
        (Compare-Database right.db -Environment right -Table api).Equal | Should -BeTrue
    }

    It 'refuses <Call>' -ForEach @(
        @{ Call = 'Copy-Database'; Words = '*the call says 0*' }
        @{ Call = 'Copy-Database left.db'; Words = '*the call says 1*' }
        @{ Call = 'Compare-Database left.db right.db -SourceEnvironment left'; Words = '*the call says 3*' }
        @{ Call = 'Compare-Database -SourceEnvironment lef -Environment right'; Words = "*Did you mean 'left'?*" }
    ) {
        $problem = Get-ErrorOf ([scriptblock]::Create($Call))
        $problem.FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'
        "$problem" | Should -BeLike $Words
    }

    It 'copies into the environment of a server, and asks where that requires it' -Skip:(-not $env:MIGRATIONS_TEST_POSTGRES) {
        $env:PAIRS_URL = New-TestDatabase PostgreSQL
        (Get-ErrorOf { Copy-Database -SourceEnvironment left -Environment live }).FullyQualifiedErrorId | Should -BeLike 'ConfirmationRequired,*'
        (Copy-Database -SourceEnvironment left -Environment server | Where-Object Table -EQ api).Equal | Should -BeTrue
        (Get-MigrationStatus -Environment server -Summary).Stamp | Should -Be 'server'
        $problem = Get-ErrorOf { Copy-Database -SourceEnvironment left -Environment live -Recreate -Force }
        $problem.FullyQualifiedErrorId | Should -BeLike 'StampDiffers,*'
        (Copy-Database left.db -Environment server -Wait 5s -Recreate -Force | Where-Object Table -EQ api).Equal | Should -BeTrue
    }
}
