BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'What is given as a database' {
    BeforeAll {
        $rows = Get-Content "$repository/tests/fixtures/targets/connection-texts.txt" | Where-Object { $_ -notlike '#*' } | ForEach-Object { , ($_ -split "`t", 2) }
        $folder = New-TestFolder 1
        $here = Join-Path (Get-Item TestDrive:).FullName here
        $null = New-Item $here -ItemType Directory
        Push-Location $here
    }
    AfterAll { Pop-Location }

    It 'is refused and not repeated where it may be something else' {
        foreach ($row in $rows | Where-Object { $_[0] -eq 'refused' }) {
            $text = $row[1]
            foreach ($call in { Invoke-Migration -Database $text -Path $folder }, { $text | Invoke-Migration -Path $folder -ErrorAction Stop }, { Compare-DatabaseSchema $text $folder },
                { Test-Migration ':memory:' $folder -ScratchDatabase $text }, { [pscustomobject]@{ Database = $text } | Get-MigrationHistory -ErrorAction Stop }) {
                $problem = Get-ErrorOf $call
                $problem.FullyQualifiedErrorId | Should -BeLike 'TargetInvalid,*' -Because $text
                ($problem | Format-List * -Force | Out-String) + "$problem" + ($problem.InvocationInfo.BoundParameters.Values | Out-String) | Should -Not -BeLike '*hunter2*' -Because $text
            }
        }
        Get-ChildItem -Force | Should -BeNullOrEmpty
    }

    It 'is the path that it says' -Skip:$IsWindows {
        foreach ($row in $rows | Where-Object { $_[0] -like '/base/*' -and $_[1] -notlike '10:*' }) {
            "$(Get-ErrorOf { Get-MigrationHistory $row[1] })" | Should -BeLike "*$([WildcardPattern]::Escape(($row[0] -replace '^/base', $here)))*" -Because $row[1]
        }
    }
}

Describe 'Paths of databases' {
    BeforeAll {
        $folder = New-TestFolder 1
        $root = (Get-Item TestDrive:).FullName.TrimEnd('/')
        $null = New-Item "$root/here", "$root/here/bk", "$root/here/data", "$root/here/ann" -ItemType Directory
        $null = New-PSDrive -Name S -PSProvider FileSystem -Root "$root/here" -Scope Global
        Push-Location "$root/here"
    }
    AfterAll { Pop-Location; Remove-PSDrive S -Scope Global }
    AfterEach { Get-ChildItem "$root/here" -File -Recurse | Remove-Item -Force }

    It '<Text> is <File>' -ForEach @(
        @{ Text = '.\shop.db'; File = 'shop.db' }, @{ Text = 'data\shop.db'; File = 'data/shop.db' }, @{ Text = '..\here\shop.db'; File = 'shop.db' },
        @{ Text = 'S:/shop.db'; File = 'shop.db' }, @{ Text = 'S:\data\shop.db'; File = 'data/shop.db' }, @{ Text = 's:shop.db'; File = 'shop.db' },
        @{ Text = './a`[1`].db'; File = 'a[1].db' }, @{ Text = 'a[1].db'; File = 'a[1].db' }, @{ Text = 'S:/a`[1`].db'; File = 'a[1].db' },
        @{ Text = 'Data Source=shop.db'; File = 'shop.db' }, @{ Text = 'Data Source=S:/data/shop.db'; File = 'data/shop.db' }, @{ Text = 'datasource="S:\my shop.db";Mode=ReadWriteCreate'; File = 'my shop.db' },
        @{ Text = 'Filename=.\data\shop.db'; File = 'data/shop.db' }, @{ Text = 'sqlite:S:/shop.db'; File = 'shop.db' }, @{ Text = 'sqlite:data\shop.db'; File = 'data/shop.db' }, @{ Text = './ann/x@y.db'; File = 'ann/x@y.db' }
    ) {
        $null = Invoke-Migration $Text $folder
        (Get-ChildItem -Force -File -Recurse | Where-Object Extension -NE '.migrate-lock').FullName | Should -Be "$root/here/$File"
        (Get-DatabaseSchema $Text).Count | Should -BeGreaterThan 0
        (Backup-Database -Database $Text -Destination .\bk).Path | Should -BeLike "$([WildcardPattern]::Escape("$root/here/bk"))/*"
        Compare-DatabaseSchema $Text $folder | Should -BeNullOrEmpty
    }

    It 'takes the meaning from escaped brackets in every path' {
        $null = New-Item -ItemType Directory 'mig[v1]', 'bk[1]'
        Get-ChildItem $folder | ForEach-Object { [IO.File]::Copy($_.FullName, "$PWD/mig[v1]/$($_.Name)") }
        (Invoke-Migration x.db -Path './mig`[v1`]').Count | Should -Be 1
        (Get-MigrationStatus x.db -LiteralPath './mig[v1]').Count | Should -Be 1
        $backup = Backup-Database x.db -Destination './bk`[1`]'
        (Get-DatabaseBackup './bk`[1`]').Path | Should -Be $backup.Path
        (Restore-Database x.db -Latest -From './bk`[1`]' -Force).Backup | Should -Be $backup.Path
        (New-Migration more './mig`[v1`]')[0].DirectoryName | Should -Be "$PWD/mig[v1]"
    }

    It 'takes a path as it is written: wildcards mean none' {
        $null = Invoke-Migration a1.db, a2.db $folder
        $problem = Get-ErrorOf { Get-MigrationStatus 'a*.db' $folder }
        $problem.FullyQualifiedErrorId | Should -BeLike 'PathAmbiguous,*'
        "$problem" | Should -BeLike '*a1.db, a2.db*'
        (Get-ChildItem a*.db | Get-MigrationHistory).Count | Should -Be 2
    }

    It 'refuses an empty <Name>' -ForEach @{ Name = 'Database' }, @{ Name = 'Path' }, @{ Name = 'Environment' }, @{ Name = 'HistorySchema' }, @{ Name = 'HistoryTable' }, @{ Name = 'Target' }, @{ Name = 'Backup' } {
        $given = @{ Database = 'x.db'; Path = $folder }
        $given[$Name] = ''
        (Get-ErrorOf { Invoke-Migration @given }).FullyQualifiedErrorId | Should -Match '^ParameterArgument(Validation|Transformation)Error,'
        Test-Path x.db | Should -BeFalse
    }

    It 'refuses a name that begins with a dash' {
        (Get-ErrorOf { New-Migration '--dry-run' ./m }).FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'
        Test-Path ./m | Should -BeFalse
    }
}

Describe 'Objects bring their database on <Engine>' -ForEach $engines {
    BeforeEach {
        $folder = New-TestFolder 3
        $database = New-TestDatabase $Engine
        $place = Join-Path (Get-Item TestDrive:).FullName "bk_$([guid]::NewGuid().ToString('N'))"
        $null = New-Item $place -ItemType Directory
        $given = @{ Database = $database }
        if ($Engine -eq 'PostgreSQL') {
            $uri = [uri] $database
            $name, $password = $uri.UserInfo.Split(':', 2).ForEach{ [uri]::UnescapeDataString($_) }
            $given = @{ Database = "postgres://$($uri.Authority.Split('@')[-1])$($uri.AbsolutePath)"; Credential = [pscredential]::new($name, (ConvertTo-SecureString $password -AsPlainText -Force)) }
        }
        $null = Invoke-Migration @given -Path $folder
        $status = Get-MigrationStatus @given -Path $folder
        $summary = Get-MigrationStatus @given -Path $folder -Summary
    }

    It 'works on a database once, however many rows come of it' {
        $again = Get-MigrationStatus @given -Path $folder
        @($status | Backup-Database -Destination $place).Count | Should -Be 1
        @($status + $again | Backup-Database -Destination $place).Count | Should -Be 1
        @($status | Backup-Database -Destination $place -WhatIf).Count | Should -Be 0
        @($status | Get-MigrationStatus).Count | Should -Be 3
        @($status | Get-MigrationStatus -Summary).Count | Should -Be 1
        @($status | Get-DatabaseSchema -Fingerprint).Count | Should -Be 1
        $checks = @($status | Test-SchemaIntegrity -Category History)
        $checks.Count | Should -Be @(Test-SchemaIntegrity @given -Path $folder -Category History).Count
        @($status | Invoke-Migration).Count | Should -Be 0
    }

    It 'shows the history of the migrations that come' {
        @($status | Get-MigrationHistory).Count | Should -Be 3
        ($status[1] | Get-MigrationHistory).Name | Should -Be $status[1].Name
        @($summary | Get-MigrationHistory).Count | Should -Be 3
    }

    It 'takes a summary in every cmdlet' {
        $summary.Target.Display | Should -Be $summary.Database
        $backup = $summary | Backup-Database -Destination $place
        @($summary | Get-MigrationStatus).Count | Should -Be 3
        @($summary | Test-SchemaIntegrity -Category History).Count | Should -BeGreaterThan 0
        @($summary | Get-DatabaseSchema).Count | Should -BeGreaterThan 0
        ($summary | Undo-Migration -AcceptDataLoss).Name | Should -Be '003_t3'
        ($summary | Invoke-Migration -WhatIf 6> $null).Outcome | Should -Be WhatIf
        ($summary | Invoke-Migration).Name | Should -Be '003_t3'
        ($summary | Restore-Database -Latest -From $place -Force).Backup | Should -Be $backup.Path
    }

    It 'takes a backup in every cmdlet' {
        $backup = $status | Backup-Database -Destination $place
        @($backup | Get-MigrationHistory).Count | Should -Be 3
        @($backup | Get-MigrationStatus -Path $folder).Count | Should -Be 3
        @($backup | Get-DatabaseSchema -Fingerprint).Count | Should -Be 1
        $proof = $backup | Test-DatabaseBackup
        $proof.Proven | Should -BeTrue
        ($proof | Restore-Database -Force).Backup | Should -Be $backup.Path
        ($backup | Restore-Database -Force).Backup | Should -Be $backup.Path
        $credential = @{}
        if ($given.Credential) { $credential.Credential = $given.Credential }
        (Get-DatabaseBackup $backup.Path | Get-MigrationHistory @credential).Count | Should -Be 3
    }

    It 'refuses a second database beside them, and objects of another session' {
        (Get-ErrorOf { $summary | Backup-Database -Database other.db -Destination $place }).FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'
        $backup = $summary | Backup-Database -Destination $place
        foreach ($object in $status[0], $summary, $backup) {
            $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($object))
            foreach ($call in { $copy | Backup-Database -Destination $place -ErrorAction Stop }, { $copy | Get-MigrationHistory -ErrorAction Stop }, { $copy | Restore-Database -Force -ErrorAction Stop },
                { $copy | Test-DatabaseBackup -ErrorAction Stop }, { $copy | Test-Migration -ErrorAction Stop }) {
                "$(Get-ErrorOf $call)" | Should -BeLike '*another process or session*'
            }
        }
    }

    It 'takes what a run, a restore, a check and the history wrote in every cmdlet' {
        $null = $summary | Undo-Migration -Last 3 -AcceptDataLoss -Force
        $rehearsed = @($status | Test-Migration)
        $applied = @($rehearsed | Invoke-Migration)
        $applied.Name | Should -Be $status.Name
        $backup = $applied | Backup-Database -Destination $place
        @($backup).Count | Should -Be 1
        $kinds = @{
            Result    = $applied
            Rehearsal = $rehearsed
            Check     = @($applied | Test-SchemaIntegrity -Category History, Engine)
            Restore   = @($applied | Restore-Database -Latest -From $place -Force)
            History   = @($applied | Get-MigrationHistory)
        }
        foreach ($kind in $kinds.Keys) {
            $objects = $kinds[$kind]
            $folderOrNot = if ($kind -in 'Restore', 'History') { @{ Path = $folder } } else { @{} }
            @($objects | Get-MigrationStatus @folderOrNot).Count | Should -Be 3 -Because $kind
            @($objects | Get-MigrationStatus -Path $folder -Summary).Count | Should -Be 1 -Because $kind
            @($objects | Test-SchemaIntegrity @folderOrNot -Category History).Database | Select-Object -Unique | Should -Be $summary.Database -Because $kind
            @($objects | Get-DatabaseSchema -Fingerprint).Count | Should -Be 1 -Because $kind
            @($objects | Backup-Database -Destination $place).Count | Should -Be 1 -Because $kind
            @($objects | Get-MigrationHistory).Count | Should -BeGreaterOrEqual 3 -Because $kind
            @($objects | Invoke-Migration @folderOrNot).Count | Should -Be 0 -Because $kind
            (Get-ErrorOf { $objects | Backup-Database -Database other.db -Destination $place -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*' -Because $kind
            $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($objects[0]))
            "$(Get-ErrorOf { $copy | Get-MigrationHistory -ErrorAction Stop })" | Should -BeLike '*another process or session*' -Because $kind
        }
    }

    It 'takes just the migrations that come' {
        ($summary | Undo-Migration -Last 2 -AcceptDataLoss -Force).Count | Should -Be 2
        $one = $status | Test-Migration | Where-Object Name -EQ 002_t2 | Invoke-Migration
        $one.Name | Should -Be 002_t2
        ($one | Get-MigrationHistory).Name | Select-Object -Unique | Should -Be 002_t2
        ($one | Undo-Migration -AcceptDataLoss).Name | Should -Be 002_t2
        (Get-MigrationHistory @given | Select-Object -Last 1 | Invoke-Migration -Path $folder).Name | Should -Be 002_t2
        Set-Content "$folder/002_t2.sql" 'CREATE TABLE t2 (id integer PRIMARY KEY, edited integer);'
        $repaired = $summary | Repair-MigrationHistory -Force
        $repaired.Name | Should -Be 002_t2
        @($repaired | Get-MigrationStatus).Count | Should -Be 3
    }

    It 'does not take what is of no one database for the name of a file' {
        $error_ = Get-ErrorOf { $summary | Get-DatabaseSchema | Get-MigrationHistory -ErrorAction Stop }
        "$error_" | Should -BeLike '*SchemaObject*Pipe the database*'
    }

    It 'shows no secret in what it hands on' -Skip:($Engine -ne 'PostgreSQL') {
        $password = $given.Credential.GetNetworkCredential().Password
        $backup = $summary | Backup-Database -Destination $place
        $all = @($status; $summary; $backup; $status | Get-MigrationHistory; $summary | Test-SchemaIntegrity; $backup | Restore-Database -Force; $summary | Test-Migration -All
            $summary | Undo-Migration -AcceptDataLoss; $summary | Invoke-Migration -WhatIf 6> $null; $summary | Invoke-Migration)
        $file = Join-Path $place shown.xml
        $shown = foreach ($object in $all) {
            $object | Format-List * | Out-String
            $object | Format-Table | Out-String
            $object | ConvertTo-Json -Depth 4 -WarningAction SilentlyContinue
            $object | Export-Clixml $file -Depth 4
            Get-Content $file -Raw
            "$object $(([Migrations.IHasTarget] $object).Target)"
        }
        $shown -join '' | Should -Not -BeLike "*$password*"
    }
}
