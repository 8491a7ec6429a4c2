BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'The pipeline on <Engine>' -ForEach $engines {
    BeforeEach {
        $folder = New-TestFolder 3
        $first, $second = (New-TestDatabase $Engine), (New-TestDatabase $Engine)
    }

    It 'takes databases by value and as a list' {
        ($first, $second | Invoke-Migration -Path $folder).Count | Should -Be 6
        (Get-MigrationStatus -Database $first, $second -Path $folder -Summary).Count | Should -Be 2
    }

    It 'takes rows of a table by property name' {
        $csv = @([pscustomobject]@{ Database = $first; Path = $folder; Service = 'a' }, [pscustomobject]@{ Database = $second; Path = $folder; Service = '' }) | ConvertTo-Csv
        $results = $csv | ConvertFrom-Csv | Invoke-Migration
        $results.Count | Should -Be 6
        $results[0].Service, $results[5].Service | Should -Be 'a', $null
    }

    It 'applies just the statuses that come, in order' {
        $null = Invoke-Migration $first $folder -First 1
        $results = Get-MigrationStatus $first $folder | Where-Object State -EQ Pending | Select-Object -First 1 | Invoke-Migration
        $results.Name | Should -Be '002_t2'
        (Get-MigrationStatus $first $folder | Sort-Object Name -Descending | Invoke-Migration).Name | Should -Be '003_t3'
    }

    It 'says why it cannot' {
        $null = Invoke-Migration $first $folder -First 1
        $problem = Get-ErrorOf { Get-MigrationStatus $first $folder | Where-Object Name -EQ 003_t3 | Invoke-Migration }
        $problem.FullyQualifiedErrorId | Should -BeLike 'OutOfOrder,*'
        "$problem" | Should -BeLike '*002_t2*'
        $problem.ErrorDetails.RecommendedAction | Should -BeLike '*-AllowOutOfOrder*'
    }

    It 'undoes statuses' {
        $null = Invoke-Migration $first $folder
        (Get-MigrationStatus $first $folder | Where-Object Name -GT 001_t1 | Undo-Migration -Force -AcceptDataLoss).Name | Should -Be '003_t3', '002_t2'
    }

    It 'takes statuses of several databases' {
        $null = Invoke-Migration $first, $second $folder -First 1
        $results = Get-MigrationStatus $first, $second $folder | Where-Object State -EQ Pending | Invoke-Migration
        $results.Count | Should -Be 4
        ($results | Group-Object Database).Count | Should -Be 2
    }
}

Describe 'What the pipeline refuses' {
    BeforeAll {
        $folder = New-TestFolder 2
        $database = New-TestDatabase SQLite
        $null = Invoke-Migration $database $folder -First 1
        $status = Get-MigrationStatus $database $folder
    }

    It 'refuses statuses from another process in <Cmdlet>' -ForEach @{ Cmdlet = 'Invoke-Migration' }, @{ Cmdlet = 'Undo-Migration' }, @{ Cmdlet = 'Get-MigrationStatus' } {
        $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($status))
        $problem = Get-ErrorOf { $copy | & $Cmdlet -ErrorAction Stop }
        "$problem" | Should -BeLike '*another process or session*'
        $problem.CategoryInfo.Category | Should -Be 'InvalidData'
    }

    It 'refuses rows without a database' {
        "$(Get-ErrorOf { [pscustomobject]@{ Db = 'x' } | Get-MigrationStatus -ErrorAction Stop })" | Should -BeLike "*no property 'Database'*"
    }

    It 'refuses a second database beside statuses' {
        (Get-ErrorOf { $status | Invoke-Migration -Database other.db }).FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'
        (Get-ErrorOf { $status | Undo-Migration -Last 2 }).FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'
    }
}

Describe 'Paths' {
    BeforeAll {
        $folder = New-TestFolder 2
        $root = (Get-Item TestDrive:).FullName
        $null = New-Item "$root/here", "$root/in[1]", "$root/in2" -ItemType Directory
        Get-ChildItem $folder | ForEach-Object { [IO.File]::Copy($_.FullName, "$root/in[1]/$($_.Name)") }
        Copy-Item "$folder/*" "$root/in2"
    }

    It 'starts from the location of PowerShell: <Database>' -ForEach @{ Database = 'a.db' }, @{ Database = './b.db' }, @{ Database = 'Data Source=c.db' }, @{ Database = 'sqlite:d.db' } {
        Push-Location "$root/here"
        try {
            $null = Invoke-Migration $Database $folder
            Test-Path -LiteralPath "$root/here/$($Database -replace '^.*[=:/]')" | Should -BeTrue
        }
        finally { Pop-Location }
    }

    It 'knows the drives of PowerShell' {
        $null = Invoke-Migration TestDrive:/drive.db $folder
        Test-Path "$root/drive.db" | Should -BeTrue
        (Get-MigrationStatus "FileSystem::$root/drive.db" $folder).Count | Should -Be 2
        (Get-MigrationStatus TestDrive:/drive.db "TestDrive:/$(Split-Path $folder -Leaf)").Count | Should -Be 2
    }

    It 'takes files from Get-ChildItem' {
        $null = Invoke-Migration "$root/gci.db" $folder
        (Get-ChildItem "$root/gci.db" | Get-MigrationStatus -Path $folder).Count | Should -Be 2
    }

    It 'reads wildcards in -Path and none in -LiteralPath' {
        (Get-MigrationStatus ':memory:' "$root/in?").Count | Should -Be 2
        (Get-MigrationStatus ':memory:' -LiteralPath "$root/in[1]").Count | Should -Be 2
        (Get-ErrorOf { Get-MigrationStatus ':memory:' "$root/in*" }).FullyQualifiedErrorId | Should -BeLike 'PathAmbiguous,*'
        (Get-ErrorOf { Get-MigrationStatus ':memory:' "$root/nothing*" }).FullyQualifiedErrorId | Should -BeLike 'FolderMissing,*'
        (Get-ErrorOf { Get-MigrationStatus ':memory:' $folder -LiteralPath $folder }).FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'
    }

    It 'refuses what is no file system' {
        (Get-ErrorOf { Get-MigrationStatus ':memory:' Env:/x }).FullyQualifiedErrorId | Should -BeLike 'PathNotFileSystem,*'
        (Get-ErrorOf { Get-MigrationStatus Env:x $folder }).FullyQualifiedErrorId | Should -BeLike 'PathNotFileSystem,*'
        (Get-ErrorOf { New-Migration x Variable:/x }).FullyQualifiedErrorId | Should -BeLike 'PathNotFileSystem,*'
        (Get-ErrorOf { Get-MigrationStatus ':memory:' Nope:/x }).FullyQualifiedErrorId | Should -BeLike 'PathInvalid,*'
    }
}

Describe 'Completion' {
    It 'completes <Call> from the folder' -ForEach @{ Call = 'Invoke-Migration x.db -Path {0} -Target 0' }, @{ Call = 'Undo-Migration x.db -Path {0} -To ' }, @{ Call = 'Undo-Migration x.db -LiteralPath {0} -Name ' }, @{ Call = 'Set-MigrationBaseline x.db {0} -Target ' } {
        $line = $Call -f (New-TestFolder 2)
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be '001_t1', '002_t2'
    }

    It 'offers only what can still be meant' {
        $folder = New-TestFolder 3
        Remove-Item "$folder/002_t2.down.sql"
        function Get-Offer([string] $Line) { (TabExpansion2 $Line $Line.Length).CompletionMatches.CompletionText }
        Get-Offer "Undo-Migration x.db -Path $folder -Name " | Should -Be '001_t1', '003_t3'
        Get-Offer "Undo-Migration x.db -Path $folder -To " | Should -Be '001_t1', '002_t2', '003_t3'
        Get-Offer "Get-MigrationHistory x.db -Name 001_t1, " | Should -BeNullOrEmpty
        Push-Location (Split-Path $folder)
        try {
            @{ path = Split-Path -Leaf $folder } | ConvertTo-Json | Set-Content migrations.json
            Get-Offer 'Invoke-Migration x.db -Target 003' | Should -Be '003_t3'
            Get-Offer 'Get-MigrationHistory x.db -Name 001_t1, ' | Should -Be '002_t2', '003_t3'
        }
        finally {
            Remove-Item migrations.json
            Pop-Location
        }
    }

    It 'completes backups from the folder that is typed, named or configured, the newest first' {
        $database, $folder = (New-TestDatabase SQLite), (New-TestFolder 1)
        $null = Invoke-Migration $database $folder
        $place = Join-Path $TestDrive "completed $([guid]::NewGuid())"
        $null = New-Item -ItemType Directory "$place/backups"
        $first, $second = 1..2 | ForEach-Object { Backup-Database $database -Destination "$place/backups" -WarningAction SilentlyContinue }
        Set-Content "$place/backups/notes.txt" 'no backup'
        function Get-Offer([string] $Line) { (TabExpansion2 $Line $Line.Length).CompletionMatches }
        Push-Location $place
        try {
            $names = (Split-Path -Leaf $second.Path), (Split-Path -Leaf $first.Path)
            (Get-Offer 'Test-DatabaseBackup backups/').CompletionText | Should -Be ($names | ForEach-Object { "backups/$_" })
            (Get-Offer "Restore-Database x.db backups/$($names[1])").CompletionText | Should -Be "backups/$($names[1])"
            (Get-Offer "Get-DatabaseBackup '$place/backups/").CompletionText | Should -Be ($names | ForEach-Object { "'$place/backups/$_'" })
            @{ backup = @{ folder = 'backups' } } | ConvertTo-Json | Set-Content migrations.json
            $offer = Get-Offer 'Test-DatabaseBackup '
            $offer.ListItemText | Should -Be $names
            $offer[0].CompletionText | Should -Be "backups/$($names[0])"
            $offer[0].ToolTip | Should -BeLike '*not proven'
        }
        finally { Pop-Location }
    }

    It 'is fast, and touches no server' {
        $folder = New-TestFolder 200
        $line = "Invoke-Migration postgres://nobody@192.0.2.1/none -Path $folder -Target "
        $null = TabExpansion2 $line $line.Length
        (Measure-Command { $script:offer = TabExpansion2 $line $line.Length }).TotalMilliseconds | Should -BeLessThan 2000
        $offer.CompletionMatches.Count | Should -Be 200
    }

    It 'keeps quiet about a bad folder' {
        $line = 'Invoke-Migration x.db -Path ./there/is/none -Target zzz'
        (TabExpansion2 $line $line.Length).CompletionMatches | Should -BeNullOrEmpty
    }
}
