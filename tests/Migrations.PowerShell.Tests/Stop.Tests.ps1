BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll {
    . $PSScriptRoot/common.ps1

    function Wait-Until([scriptblock] $Condition) {
        for ($clock = [Diagnostics.Stopwatch]::StartNew(); -not (& $Condition); Start-Sleep -Milliseconds 20) {
            if ($clock.Elapsed.TotalSeconds -gt 30) { throw "Waited too long for: $Condition" }
        }
    }
}

Describe 'Stopping on <Engine>' -ForEach $engines {
    BeforeEach {
        $database = New-TestDatabase $Engine
        $folder = New-TestFolder 3 @{ 2 = "CREATE TABLE t2 (id integer);`n$(Get-EndlessSql $Engine)" }
    }

    It 'rolls back, frees the lock, and only then returns: [powershell]::Stop()' {
        $shell = [powershell]::Create().AddScript("Import-Module '$manifest'; Invoke-Migration '$database' '$folder' -Verbose")
        $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $noInput = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $noInput.Complete()
        $null = $shell.BeginInvoke($noInput, $output)
        Wait-Until { $shell.Streams.Verbose.Message -like '*Applying 002_t2*' }
        Start-Sleep -Milliseconds 300
        $output.Count, $output[0].Name | Should -Be 1, '001_t1' -Because 'a result is written as soon as it is committed'
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 20

        # At once, without waiting: the lock must be free.
        (Get-MigrationStatus $database $folder -Summary).LockedBy | Should -BeNullOrEmpty
        $status = Get-MigrationStatus $database $folder
        $status.State | Should -Be 'Applied', 'Failed', 'Pending'
        Set-Content "$folder/002_t2.sql" 'CREATE TABLE t2 (id integer);'
        (Invoke-Migration $database $folder -LockTimeout 1).Name | Should -Be '002_t2', '003_t3'
        $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        $shell.Dispose()
    }

    It 'ends after one: Select-Object -First 1' {
        $fine = New-TestFolder 3
        $names = Invoke-Migration $database $fine | Select-Object -First 1 | ForEach-Object { $_.Name } -End { 'end' }
        $names | Should -Be '001_t1', 'end'
        (Get-MigrationStatus $database $fine).State | Should -Be 'Applied', 'Pending', 'Pending'
        (Invoke-Migration $database $fine -LockTimeout 1).Count | Should -Be 2
    }

    It 'ends when what stands behind fails' {
        $fine = New-TestFolder 3
        "$(Get-ErrorOf { Invoke-Migration $database $fine | ForEach-Object { throw "no: $($_.Name)" } })" | Should -Be 'no: 001_t1'
        (Get-MigrationStatus $database $fine -Summary).Applied | Should -Be 1
        (Invoke-Migration $database $fine -LockTimeout 1).Count | Should -Be 2
    }

    It 'ends when a warning is set to stop, and frees the lock' {
        $fine = New-TestFolder 2
        $null = Invoke-Migration $database $fine -First 1
        Add-Content "$fine/001_t1.sql" '-- a comment'
        $null = Get-ErrorOf { Invoke-Migration $database $fine -WarningAction Stop }
        (Invoke-Migration $database $fine -LockTimeout 1 -WarningAction SilentlyContinue).Count | Should -Be 1
    }
}

Describe 'Streams' {
    It 'reports progress without a host, and always completes it' {
        $database, $folder = (New-TestDatabase SQLite), (New-TestFolder 3)
        Set-Content "$folder/003_t3.sql" 'nonsense;'
        $shell = [powershell]::Create().AddScript("Import-Module '$manifest'; Invoke-Migration '$database' '$folder'; Invoke-Migration '$database' '$folder' -First 1 | Select-Object -First 1")
        $null = $shell.Invoke()
        $records = $shell.Streams.Progress | Where-Object Activity -Like 'Applying*'
        $shell.Dispose()
        $records | Should -Not -BeNullOrEmpty
        ($records | Where-Object RecordType -EQ Completed).Count | Should -Be 2
        $records[-1].RecordType | Should -Be 'Completed'
        $percents = ($records | Where-Object RecordType -EQ Processing).PercentComplete
        $percents | ForEach-Object { $_ | Should -BeGreaterOrEqual 0; $_ | Should -BeLessOrEqual 100 }
        $records[0].Activity | Should -BeLike 'Applying 3 migrations to *'
        $records[0].StatusDescription | Should -Be '001_t1 (1/3)'
    }

    It 'can be told to show no progress' {
        $text = (Invoke-Pwsh "Import-Module '$manifest'; Invoke-Migration '$(New-TestDatabase SQLite)' '$(New-TestFolder 1)' -ProgressAction SilentlyContinue | ForEach-Object Name").Text
        $text.Trim() | Should -Be '001_t1'
    }

    It 'passes notices on as verbose, while the script runs' -Skip:(-not $postgreSql) {
        $database = New-TestDatabase PostgreSQL
        $folder = New-TestFolder 1 @{ 1 = 'DO $$ BEGIN RAISE NOTICE ''half way''; PERFORM pg_sleep(600); END $$;' }
        $shell = [powershell]::Create().AddScript("Import-Module '$manifest'; Invoke-Migration '$database' '$folder' -Verbose")
        $null = $shell.BeginInvoke()
        Wait-Until { $shell.Streams.Verbose.Message -like '*half way*' }
        $shell.InvocationStateInfo.State | Should -Be 'Running'
        $shell.Stop()
        $shell.Dispose()
    }
}
