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

    It 'clears no shared database where <Fault>' -ForEach @(
        @{ Fault = 'scripts of a later service cannot run' }
        @{ Fault = 'the first service is left out' }
    ) {
        $null = New-Item q/core, q/a, q/b -ItemType Directory -Force
        Set-Content q/core/001_c.sql 'CREATE TABLE c (id integer);'
        Set-Content q/a/001_a.sql 'CREATE TABLE sa (id integer); INSERT INTO sa VALUES (1);'
        Set-Content q/b/001_b.sql 'CREATE TABLE sb (id integer);'
        Set-Content q/migrations.json '{
            "services": { "core": { "path": "core" }, "a": { "path": "a", "dependsOn": ["core"] }, "b": { "path": "b" } },
            "environments": { "local": { "databases": { "core": "../core.db", "a": "../s.db", "b": "../s.db" } } } }'
        $call = @{ ConfigurationPath = 'q/migrations.json'; Environment = 'local'; Service = '*'; Confirm = $false }
        $null = Invoke-Migration @call
        Remove-Item -Recurse ($Fault -match 'later' ? 'q/b' : 'q/core')
        $null = Clear-Database @call -Migrate -AcceptDataLoss -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems.FullyQualifiedErrorId -like 'ServiceSkipped,*' | Should -Not -BeNullOrEmpty
        (Invoke-DatabaseScript s.db -Command 'SELECT count(*) AS n FROM sa').n | Should -Be 1
        Remove-Item -Recurse q
    }

    It 'runs the seed at the end with -Migrate -Seed, but not where the environment requires confirmation' {
        Set-Content "$folder/seed.sql" 'INSERT INTO b VALUES (7);'
        Set-Content migrations.json '{ "environments": { "production": { "confirm": true, "database": "x.db", "path": "migrations" } } }'
        try {
            (Clear-Database x.db $folder -Migrate -Seed -WhatIf).Seed | Should -Be 'seed.sql'
            (Clear-Database x.db $folder -Migrate -Seed -Confirm:$false).Seed | Should -Be 'seed.sql'
            (Invoke-DatabaseScript x.db -Command 'SELECT id FROM b' -Confirm:$false).id | Should -Be 7
            (Get-MigrationHistory x.db)[-1].Event | Should -Be 'Ran'
            $refused = Get-ErrorOf { Clear-Database -Environment production -Migrate -Seed -AcceptDataLoss -Confirm:$false }
            $refused.FullyQualifiedErrorId | Should -BeLike 'SeedRefused,*'
            (Clear-Database -Environment production -Migrate -Seed -AcceptDataLoss -Force).Seed | Should -Be 'seed.sql'
            $null = Initialize-Database -Environment production -Stamp production -Force
            $stamped = Get-ErrorOf { Clear-Database -Environment production -Migrate -AcceptDataLoss -Confirm:$false }
            $stamped.FullyQualifiedErrorId | Should -BeLike 'ClearRefused,*'
            $stamped.ErrorDetails.RecommendedAction | Should -Match '-Force'
            (Clear-Database -Environment production -AcceptDataLoss -Force).Stamp | Should -Be 'production'
            $alone = Get-ErrorOf { Clear-Database x.db $folder -Seed -AcceptDataLoss -Force }
            $alone.FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'
        }
        finally { Remove-Item migrations.json, "$folder/seed.sql" }
    }

    It 'clears what services share once, by whatever addresses, and takes what others have only when that is said' -Skip:$IsWindows {
        Set-Content migrations.json @'
{ "defaultEnvironment": "local",
  "services": { "api": { "path": "migrations", "historyTable": "h_api" }, "web": { "path": "web", "historyTable": "h_web" } },
  "environments": { "local": { "databases": { "api": "all.db", "web": "link.db" } } } }
'@
        $null = New-Item web -ItemType Directory -Force
        Set-Content web/001_web.sql 'CREATE TABLE web (id integer);'
        $null = New-Item link.db -ItemType SymbolicLink -Target (Join-Path (Get-Item TestDrive:).FullName 'all.db') -Force
        try {
            $null = Initialize-Database -Create -Service api -Stamp local
            $null = Clear-Database -Service * -Migrate -AcceptDataLoss -Confirm:$false
            $again = Clear-Database -Service * -Migrate -AcceptDataLoss -Confirm:$false
            $again.Rows | Should -Be 2, 0
            $again[0].Stamp | Should -Be 'local'
            (Clear-Database -Service * -Migrate -WhatIf).Rows | Should -Be 2, 0
            (Get-MigrationStatus -Service *).State | Should -Be 'Applied', 'Applied', 'Applied'
            $problem = Get-ErrorOf { Clear-Database -Service web -AcceptDataLoss -Confirm:$false }
            "$problem" | Should -Match 'also the database of api'
            "$($problem.ErrorDetails.RecommendedAction)" | Should -Match '-IncludeOthers'
            (Clear-Database -Service web -IncludeOthers -AcceptDataLoss -Confirm:$false).Rows | Should -Be 2
        }
        finally { Remove-Item migrations.json, web, link.db -Recurse }
    }
}

Describe 'A question that no one can answer' -Skip:(-not $IsLinux) {
    It 'is an error that names the switch, and never waits, with standard input <Input>' -ForEach @(
        @{ Input = 'closed'; Redirection = '<&-' }
        @{ Input = 'empty'; Redirection = '</dev/null' }
    ) {
        $null = Invoke-Migration asked.db $folder -Confirm:$false
        $call = "Import-Module '$manifest'; Clear-Database asked.db; 'after'; exit"
        $output = sh -c "timeout 60 pwsh -NoProfile -Interactive -Command `"`$1`" $Redirection 2>&1" sh $call | Out-String
        $output | Should -BeLike '*-AcceptDataLoss*after*'
        (Get-MigrationStatus asked.db $folder).State | Should -Be 'Applied', 'Applied'
        Remove-Item asked.db*
    }

    It 'is answered by what a pipe brings' {
        $null = Invoke-Migration asked.db $folder -Confirm:$false
        $call = "Import-Module '$manifest'; Clear-Database asked.db; 'after'; exit"
        $null = sh -c "printf 'y\n' | timeout 60 pwsh -NoProfile -Interactive -Command `"`$1`" 2>&1" sh $call
        (Get-MigrationStatus asked.db $folder).State | Should -Be 'Pending', 'Pending'
        Remove-Item asked.db*
    }

    It 'is not asked with <Switch>, whatever standard input is' -ForEach @(
        @{ Switch = '-WhatIf'; Expected = '*What if:*after*' }
        @{ Switch = '-Confirm:$false'; Expected = '*after*' }
    ) {
        $null = Invoke-Migration asked.db $folder -Confirm:$false
        $null = New-Item kept -ItemType Directory -Force
        $null = Backup-Database asked.db kept -Confirm:$false
        $call = "`$ErrorActionPreference = 'Stop'; Import-Module '$manifest'; Get-DatabaseBackup kept | Restore-Database $Switch; 'after'; exit"
        sh -c "timeout 60 pwsh -NoProfile -Interactive -Command `"`$1`" <&- 2>&1" sh $call | Out-String | Should -BeLike $Expected
        Remove-Item asked.db*, kept -Recurse
    }
}
