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
        $table | Should -Match 'State +Applied +Undo +Database +Name'
        $table | Should -Match '(?m)^Changed +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d yes .* 001_t1  \(statement edit\)\s*$'
        $table | Should -Match '(?m)^Pending .* 003_t3\s*$'
        $list = Show $status[0] { $input | Format-List }
        $list | Should -Match '(?m)^File +: .*001_t1.sql'
        $list | Should -Not -Match 'Target +:'
    }

    It 'shows a failure in the line of its migration' {
        $other, $bad = (New-TestDatabase SQLite), (New-TestFolder 1 @{ 1 = 'nonsense;' })
        $null = Get-ErrorOf { Invoke-Migration $other $bad }
        Show (Get-MigrationStatus $other $bad) | Should -Match '(?m)^Failed .*001_t1  ! .*nonsense'
        # On a narrow screen too, over as many lines as it needs, and with its place once.
        $narrow = (Get-MigrationStatus $other $bad | Out-String -Width 80) -replace '\e\[[0-9;]*m' -replace '\s'
        $narrow | Should -BeLike '*syntaxerror*'
        ([regex]::Matches($narrow, '001_t1\.sql')).Count | Should -Be 1
    }

    It 'shows results' {
        Show $results | Should -Match 'Direction Outcome +Duration Database +Name'
        Show $results | Should -Match '(?m)^Up +Done +\d+ ms .* 002_t2\s*$'
    }

    It 'shows summaries' {
        Show (Get-MigrationStatus $database $folder -Summary) | Should -Match '(?m)^False +2 +1 002 '
        Show (Get-MigrationStatus $database $folder -Summary) { $input | Format-List } | Should -Match '(?m)^EngineVersion +: \d'
    }

    It 'shows the history' {
        Show (Get-MigrationHistory $database) | Should -Match '(?m)^ +1 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d Applied .* 001_t1\s*$'
    }

    It 'shows repairs' {
        Show (Repair-MigrationHistory $database $folder -Force) | Should -Match '(?m)^Changed .*001_t1'
    }

    It 'shows under which other name a migration was applied' {
        $other, $renamed = (New-TestDatabase SQLite), (New-TestFolder 2)
        $null = Invoke-Migration $other $renamed
        Rename-Item "$renamed/002_t2.sql" 003_t2.sql
        Rename-Item "$renamed/002_t2.down.sql" 003_t2.down.sql
        Show (Get-MigrationStatus $other $renamed -WarningAction Ignore) | Should -Match '(?m)^Applied .*003_t2  \(applied as 002_t2\)\s*$'
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
}
