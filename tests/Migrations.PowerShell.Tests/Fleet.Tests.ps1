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
