BeforeAll {
    . $PSScriptRoot/common.ps1
    $folder = New-TestFolder 3
    $database = New-TestDatabase SQLite
    $results = Invoke-Migration $database $folder -First 2
    Add-Content "$folder/001_t1.sql" 'SELECT 1;'
    function Show($Objects, [scriptblock] $Format = { $input }) { ($Objects | & $Format | Out-String -Width 120) -replace '\e\[[0-9;]*m' }
}

Describe 'Views' {
    It 'shows statuses in a table and a list' {
        $status = Get-MigrationStatus $database $folder
        $table = Show $status
        $table | Should -Match '(?m)^   Database: .*\.db\s+State +Applied +Undo +Rows +Name'
        $table | Should -Match '(?m)^Changed +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d yes +1 001_t1\s+\(statement edit\)\s*$'
        $table | Should -Match '(?m)^Pending .* 003_t3\s*$'
        $list = Show $status[0] { $input | Format-List }
        $list | Should -Match '(?m)^File +: .*001_t1.sql'
        $list | Should -Not -Match 'Target +:'
    }

    It 'shows a failure in the line of its migration' {
        $other, $bad = (New-TestDatabase SQLite), (New-TestFolder 1 @{ 1 = 'nonsense;' })
        $null = Get-ErrorOf { Invoke-Migration $other $bad }
        Show (Get-MigrationStatus $other $bad) | Should -Match '(?m)^Failed .* 001_t1\s*\r?\n +! 001_t1\.sql:1:\d+: .*nonsense'
        Show (Get-MigrationHistory $other) | Should -Match '(?m) Failed .* 001_t1\s*\r?\n +! 001_t1\.sql:1:\d+: .*nonsense'
        # On a narrow screen too, over as many lines as it needs, and with its place once.
        $narrow = (Get-MigrationStatus $other $bad | Out-String -Width 80) -replace '\e\[[0-9;]*m' -replace '\s'
        $narrow | Should -BeLike '*syntaxerror*'
        ([regex]::Matches($narrow, '001_t1\.sql')).Count | Should -Be 1
    }

    It 'shows results' {
        Show $results | Should -Match 'Direction Outcome +Duration +Rows Name'
        Show $results | Should -Match '(?m)^Up +Done +\d+ ms +1 002_t2\s*$'
        $backups = New-Item "$TestDrive/backups" -ItemType Directory -Force
        $made = Invoke-Migration (Copy-Item $database "$TestDrive/copy.db" -PassThru).FullName $folder -SkipChecksum -Backup $backups -WarningAction Ignore
        Show $made | Should -Match '(?m)^   Backup: +\S*copy_\d{8}_\d{6}\.db\s*$'
    }

    It 'shows what a script and an initialization did' {
        Show (Invoke-DatabaseScript $database -Command 'UPDATE t1 SET id = id + 10') | Should -Match '(?m)^Done +\d+ ms +1 +1 command\s*$'
        Show (Initialize-Database (New-TestDatabase SQLite) (New-TestFolder 2) -Create) | Should -Match '(?m)^Initialized +True +.* 001_t1, 002_t2\s*$'
    }

    It 'shows summaries' {
        Show (Get-MigrationStatus $database $folder -Summary) | Should -Match '(?m)^NO +2 +1 +0 002 '
        Show (Get-MigrationStatus $database $folder -Summary) { $input | Format-List } | Should -Match '(?m)^EngineVersion +: \d'
    }

    It 'shows the history' {
        Show (Get-MigrationHistory $database) | Should -Match '(?m)^ +1 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d Applied .* 001_t1\s*$'
    }

    It 'shows repairs' {
        Show (Repair-MigrationHistory $database $folder -Force) | Should -Match '(?m)^Changed +001_t1'
    }

    It 'shows under which other name a migration was applied' {
        $other, $renamed = (New-TestDatabase SQLite), (New-TestFolder 2)
        $null = Invoke-Migration $other $renamed
        Rename-Item "$renamed/002_t2.sql" 003_t2.sql
        Rename-Item "$renamed/002_t2.down.sql" 003_t2.down.sql
        Show (Get-MigrationStatus $other $renamed -WarningAction Ignore) | Should -Match '(?m)^Applied .*003_t2\s+\(applied as 002_t2\)\s*$'
        $repair = Repair-MigrationHistory $other $renamed -Name 003_t2
        Show $repair { $input | Format-List } | Should -Match '(?m)^Repair +: Renamed'
    }

    It 'has views for each output type' {
        $types = (Get-Command -Module Migrations).OutputType.Type | Where-Object Namespace -Like 'Migrations*' | Sort-Object FullName -Unique
        foreach ($type in $types) {
            $views = (Get-FormatData $type.FullName).FormatViewDefinition.Control | ForEach-Object { $_.GetType().Name }
            $views | Should -Be 'TableControl', 'ListControl' -Because $type.FullName
        }
    }

    It 'becomes JSON' {
        $json = Get-MigrationStatus $database $folder | Select-Object Name, State, AppliedAt, @{ n = 'Version'; e = { "$($_.Version)" } } | ConvertTo-Json -EnumsAsStrings | ConvertFrom-Json
        $json[2].State, $json[2].Version, $json[2].AppliedAt | Should -Be 'Pending', '003', $null
        Get-MigrationStatus $database $folder | ConvertTo-Json -Depth 4 | Should -Not -BeNullOrEmpty
    }

    It 'groups by database, and cuts long paths at the front' {
        $deep = (New-Item "$TestDrive/$('long' * 10)/$('deep' * 10)" -ItemType Directory).FullName
        $one, $two = "$deep/one.db", "$deep/two.db"
        $text = Show (Invoke-Migration $one, $two (New-TestFolder 1)) { $input | Format-Table }
        $headers = [regex]::Matches($text, '(?m)^   Database: (.*?)\s*$').ForEach{ $_.Groups[1].Value }
        $headers | Should -HaveCount 2
        $headers[0] | Should -Match '^….*/one\.db$'
        $headers[1] | Should -Match '^….*/two\.db$'
    }

    It 'shows several differences line by line' {
        $other = New-TestFolder 1 @{ 1 = 'CREATE TABLE t1 (id integer); CREATE INDEX i1 ON t1 (id); CREATE VIEW v1 AS SELECT id FROM t1;' }
        Set-Content "$other/001_t1.down.sql" 'DROP VIEW v1;'
        $result = Test-Migration (New-TestDatabase SQLite) $other -ErrorAction Ignore
        foreach ($text in (Show $result), (Show $result { $input | Format-Table }), (Show $result { $input | Format-List })) {
            $text | Should -Not -BeLike '*System.Object*'
            $text | Should -Match '(?m)^.*Added Table t1\s*$'
            $text | Should -Match '(?m)^.*Added Index i1\s*$'
        }
        $difference = Show (Compare-DatabaseSchema $other (New-TestDatabase SQLite | ForEach-Object { $null = Invoke-Migration $_ (New-TestFolder 1); $_ }))
        $difference | Should -Match '(?m)^Removed +Index +i1\s*\r?\n +- \(id\)'
    }

    It 'shows why a migration cannot be applied, without the stack of calls' {
        $bad = New-TestFolder 1 @{ 1 = 'nonsense;' }
        $list = Show (Test-Migration (New-TestDatabase SQLite) $bad -ErrorAction Ignore) { $input | Format-List }
        $list | Should -Match '(?m)^Failure +: .*001_t1\.sql:1'
        $list | Should -Not -Match 'Exception|   at '
    }

    It 'says of a migration that declares it that it is never undone' {
        $other = New-TestFolder 1 @{ 1 = "-- Irreversible: yes`nCREATE TABLE t1 (id integer);" }
        Remove-Item "$other/001_t1.down.sql"
        Show (Get-MigrationStatus (New-TestDatabase SQLite | ForEach-Object { $null = Invoke-Migration $_ $other; $_ }) $other) |
            Should -Match '(?m)^Applied .* never '
    }

    It 'fits 80 columns' {
        $backups = (New-Item "$TestDrive/$('wide' * 20)" -ItemType Directory).FullName
        $copy = "$backups/database.db"
        Copy-Item $database $copy
        $backup = Backup-Database $copy $backups
        $objects = @(
            , (Get-MigrationStatus $copy $folder)
            , (Get-MigrationStatus $copy $folder -Summary)
            , (Get-MigrationHistory $copy)
            , (Test-Migration $copy $folder -All -ErrorAction Ignore)
            , (Test-SchemaIntegrity $copy $folder -ErrorAction Ignore)
            , (Get-DatabaseSchema $copy)
            , (Compare-DatabaseSchema $folder $copy)
            , (Get-DatabaseBackup $backups)
            , (Test-DatabaseBackup $backup.Path)
            , (Restore-Database $copy $backup.Path -Force)
            , (Remove-DatabaseBackup $backups -KeepLast 1 -WhatIf)
        )
        foreach ($set in $objects) {
            $set | Should -Not -BeNullOrEmpty
            $lines = (($set | Out-String -Width 80) -replace '\e\[[0-9;]*m') -split '\r?\n'
            @($lines | Where-Object Length -GT 80) | Should -BeNullOrEmpty
            # No column is pushed out on the right.
            $header = $lines | Where-Object { $_ -match '^[A-Z]\w+ +' -or $_ -match '^ +Id ' } | Select-Object -First 1
            $header.Trim() | Should -Match '(Name|Database|Backup|Message|Definition|Reason)$' -Because $set[0].GetType().Name
            # What a property holds is shown, not the name of its type or how a record writes itself.
            Show $set { $input | Format-List } | Should -Not -Match '\w+ \{ \w+ = |System\.\w|Migrations\.\w|^\s+at ' -Because $set[0].GetType().Name
        }
    }

    It 'colours states, and not where colours are not wanted' {
        $show = "Import-Module '$manifest'; Get-MigrationStatus '$database' '$folder' | Out-String"
        function Get-Shown([string] $Script, [string] $NoColor) {
            $before = $env:NO_COLOR
            try {
                $env:NO_COLOR = $NoColor
                (pwsh -NoProfile -Command $Script | Out-String) -replace '\e', 'ESC'
            }
            finally { $env:NO_COLOR = $before }
        }
        $coloured = Get-Shown "`$PSStyle.OutputRendering = 'Ansi'; $show" ''
        $coloured | Should -Match 'ESC\[32mAppliedESC\[0m'
        $plain = Get-Shown $show '1'
        $plain | Should -Not -Match 'ESC'
        $plain | Should -Match '(?m)^Applied '
    }
}
