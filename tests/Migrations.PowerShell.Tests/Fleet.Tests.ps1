BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Several databases at once on <Engine>' -ForEach $engines {
    BeforeAll {
        $folder = New-TestFolder 2
        function Get-Failed($Errors) { $Errors.Where({ $_.FullyQualifiedErrorId -like 'StatementFailed,*' }) }
    }
    BeforeEach {
        $databases = 1..4 | ForEach-Object { New-TestDatabase $Engine }
        # The third has a table already that the second migration makes.
        if ($Engine -eq 'SQLite') { $null = New-Item $databases[2] }
        $null = Invoke-DatabaseScript $databases[2] -Command 'CREATE TABLE t2 (id integer)'
    }

    It 'are migrated, and a failure of one is an error record while the others go on' {
        $results = $databases | Invoke-Migration -Path $folder -ThrottleLimit 3 -ErrorVariable errors -ErrorAction SilentlyContinue
        $results.Count | Should -Be 7
        (Get-Failed $errors).Count | Should -Be 1
        # What is of one database stands together.
        $last, $changes = $null, 0
        foreach ($result in $results) { if ("$($result.Target)" -ne $last) { $last = "$($result.Target)"; $changes++ } }
        $changes | Should -Be 4
        $null = Invoke-DatabaseScript $databases[2] -Command 'DROP TABLE t2'
        # The same call does what is left.
        ($databases | Invoke-Migration -Path $folder -ThrottleLimit 3).Name | Should -Be '002_t2'
        ($databases | Get-MigrationStatus -Path $folder -ThrottleLimit 4).Where({ $_.State -eq 'Applied' }).Count | Should -Be 8
    }

    It 'go down the pipeline as objects too' {
        $null = $databases[0, 1] | Invoke-Migration -Path $folder
        $undone = $databases[0, 1] | Get-MigrationStatus -Path $folder -Summary | Undo-Migration -ThrottleLimit 2 -AcceptDataLoss
        $undone.Name | Should -Be '002_t2', '002_t2'
        ($databases[0, 1] | Get-MigrationHistory -ThrottleLimit 2).Where({ $_.Event -eq 'RolledBack' }).Count | Should -Be 2
    }

    It '-Canary 1: the others do not begin when the first fails' {
        $order = $databases[2, 0, 1, 3]
        $results = $order | Invoke-Migration -Path $folder -Canary 1 -ThrottleLimit 4 -ErrorVariable errors -ErrorAction SilentlyContinue
        $results.Name | Should -Be '001_t1'
        $errors.Where({ $_.FullyQualifiedErrorId -like 'FleetStopped,*' }).Exception.Message | Should -BeLike '3 databases were not worked on, because the canary failed: *'
    }

    It '-Shard: each database has its turn in one of the calls, and Merge-MigrationResult puts the results together' {
        $results = Join-Path $TestDrive "results-$Engine"
        1, 2 | ForEach-Object {
            $null = $databases | Invoke-Migration -Path $folder -Shard "$_/2" -ResultPath "$results/$_.json" -ErrorAction SilentlyContinue
        }
        $summary = Merge-MigrationResult $results -ReportPath "$TestDrive/report-$Engine.xml" -ErrorVariable errors -ErrorAction SilentlyContinue
        $summary.Text | Should -Be '3 of 4 databases completed in 2 shards; 1 failed.'
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'ResultsIncomplete,*'
        $failed = $summary.Databases | Where-Object State -eq Failed
        $failed.Error | Should -Be 'StatementFailed'
        ([xml](Get-Content "$TestDrive/report-$Engine.xml" -Raw)).testsuites.testsuite.Count | Should -Be 2
        $null = Invoke-DatabaseScript $databases[2] -Command 'DROP TABLE t2'
        1, 2 | ForEach-Object { $null = $databases | Invoke-Migration -Path $folder -Shard "$_/2" -ResultPath "$results/$_.json" -ThrottleLimit 2 }
        (Get-ChildItem "$results/*.json" | Merge-MigrationResult).IsComplete | Should -BeTrue
        Remove-Item "$results/2.json"
        { Merge-MigrationResult $results } | Should -Throw 'The result of the shard 2/2 is missing.'
        { $databases | Invoke-Migration -Path $folder -Shard '3/2' } | Should -Throw "'3/2' is no shard*"
    }

    It '-StopAfter 1: no other begins after a failure, one after another too' {
        $order = $databases[0, 2, 1, 3]
        $results = $order | Invoke-Migration -Path $folder -StopAfter 1 -ErrorVariable errors -ErrorAction SilentlyContinue
        $results.Name | Should -Be '001_t1', '002_t2', '001_t1'
        $errors.Where({ $_.FullyQualifiedErrorId -like 'FleetStopped,*' }).Exception.Message | Should -BeLike '2 databases were not worked on, because one failed: *'
    }

    It 'can be previewed, and nothing is done' {
        $results = $databases | Invoke-Migration -Path $folder -ThrottleLimit 4 -WhatIf
        $results.Outcome | Sort-Object -Unique | Should -Be 'WhatIf'
        ($databases | Get-MigrationStatus -Path $folder).Where({ $_.State -ne 'Pending' }) | Should -BeNullOrEmpty
    }

    It 'are checked as a whole' {
        $null = $databases[0, 1] | Invoke-Migration -Path $folder
        $databases[0, 1] | Test-SchemaIntegrity -Path $folder -Category History -ThrottleLimit 2 -Quiet | Should -BeTrue
        $checks = $databases[0, 1] | Test-SchemaIntegrity -Path $folder -Category History -ThrottleLimit 2 -ErrorAction SilentlyContinue -ReportPath TestDrive:/report.xml
        ($checks | Group-Object Database).Count | Should -Be 2
        (Get-Content TestDrive:/report.xml -Raw) | Should -Match '<testsuites'
    }

    It 'keep what they were told' {
        $secret = 's3cr3t-of-a-variable'
        $with = New-TestFolder 0
        Set-Content "$with/001_a.sql" "-- Variables: quoted`nCREATE TABLE a (v text);`nINSERT INTO a VALUES ('`${value}');"
        $streams = $databases[0, 1] | Invoke-Migration -Path $with -Variable @{ value = (ConvertTo-SecureString $secret -AsPlainText -Force) } -ThrottleLimit 2 -Verbose *>&1
        "$($streams | Out-String -Width 500)" | Should -Not -BeLike "*$secret*"
        $databases[0, 1] | ForEach-Object { (Invoke-DatabaseScript $_ -Command 'SELECT v FROM a').v } | Should -Be $secret, $secret
    }
}

Describe 'One database of several' {
    It 'is stopped with the pipeline' {
        $folder = New-TestFolder 2
        $databases = 1..3 | ForEach-Object { New-TestDatabase SQLite }
        ($databases | Invoke-Migration -Path $folder -ThrottleLimit 2 | Select-Object -First 1).Name | Should -Be '001_t1'
        # Whatever was stopped is as before a migration or behind it.
        $databases | Get-MigrationStatus -Path $folder -Summary | ForEach-Object { $_.Healthy | Should -BeTrue }
    }

    It 'is asked for with <Name> <Value> in vain' -ForEach @(
        @{ Name = 'ThrottleLimit'; Value = 0 }, @{ Name = 'Canary'; Value = 0 }, @{ Name = 'StopAfter'; Value = -1 }, @{ Name = 'ThrottlePerServer'; Value = 0 }
    ) {
        $given = @{ $Name = $Value }
        { Get-MigrationStatus x.db @given } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
    }
}
