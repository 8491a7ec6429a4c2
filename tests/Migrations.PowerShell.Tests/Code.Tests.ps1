BeforeDiscovery {
    . $PSScriptRoot/common.ps1
    $failures = @(
        @{ Name = 'throws'; Body = "`n    throw 'bad thing'"; Id = 'CodeFailed'; Message = 'bad thing'; Place = '2:5' }
        @{ Name = 'writes an error'; Body = "`n    Write-Error 'bad thing'`n    'after'"; Id = 'CodeFailed'; Message = 'bad thing'; Place = '2:5' }
        @{ Name = 'exits'; Body = "`n    1`n    exit 3"; Id = 'CodeFailed'; Message = "'exit'"; Place = '3:5' }
        @{ Name = 'breaks'; Body = "`n    break"; Id = 'CodeFailed'; Message = "'break'"; Place = '2:5' }
        @{ Name = 'fails in a program'; Body = "`n    & bash -c 'exit 7'"; Id = 'CodeFailed'; Message = '7'; Place = '2:5' }
        @{ Name = 'fails in a statement'; Body = "`n    Use-Sql 'SELECT id FROM nowhere'"; Id = 'CodeFailed'; Message = 'nowhere'; Place = $null }
        @{ Name = 'commits'; Body = "`n    `$Transaction.Commit()"; Id = 'TransactionUnbalanced'; Message = 'commit was prevented'; Place = $null }
        @{ Name = 'calls a cmdlet'; Body = "`n    Get-MigrationStatus `$global:testDatabase `$global:testFolder"; Id = 'CodeFailed'; Message = 'calls for another operation'; Place = '2:5' }
        @{ Name = 'leaves a reader open'; Body = "`n    `$c = `$Connection.CreateCommand(); `$c.CommandText = 'SELECT id FROM t1'; `$null = `$c.ExecuteReader().Read()"; Id = 'CodeFailed'; Message = 'reader open, on: SELECT id FROM t1'; Place = $null }
        @{ Name = 'has wrong syntax'; Body = "`n    if (1"; Id = 'FolderInvalid'; Message = 'Missing closing'; Place = $null }
    )
}
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Migrations in PowerShell on <Engine>' -ForEach $engines {
    BeforeEach {
        $global:testDatabase = $database = New-TestDatabase $Engine
        $global:testFolder = $folder = New-TestFolder 1
        $helper = "function Use-Sql([string] `$Sql) { `$c = `$Connection.CreateCommand(); `$c.Transaction = `$Transaction; `$c.CommandText = `$Sql; `$c.ExecuteScalar() }`n"
        # What the caller has of these names is not what runs.
        function up { throw 'the wrong one' }
        Set-Alias up Get-Date
    }

    It 'runs up and down in the pipeline, and leaves nothing of its own behind but what is global' {
        Set-Content "$folder/002_code.ps1" @"
# Description: In code
function up([Parameter(Mandatory)] `$Connection) {
    `$mine = 1; `$global:theirs = 2
    Use-Sql "INSERT INTO t1 VALUES (`$(`$Variables.number))"
    Set-Location /
    1..10000
    Write-Warning "in `$PSScriptRoot"
}
function down { `$null = Use-Sql 'DELETE FROM t1 WHERE id > 1' }
$helper
"@
        $before = (Get-Location).Path
        (Get-MigrationStatus $database $folder).Kind | Should -Be 'Sql', 'PowerShell'
        $whatIf = Invoke-Migration $database $folder -WhatIf 6>&1 | Out-String
        $whatIf | Should -Match '002_code'
        $results = Invoke-Migration $database $folder -Variable @{ number = 7 } -Verbose 4>&1 3>&1
        ($results | Where-Object { $_ -is [Migrations.MigrationResult] }).RowsAffected | Should -Be 1, 1
        ($results | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] -and $_.Message -match '^\d+$' }).Count | Should -Be 10000
        $results | Where-Object { "$_" -eq "in $folder" } | Should -Not -BeNullOrEmpty
        (Get-Location).Path | Should -Be $before
        Get-Variable mine -ErrorAction Ignore | Should -BeNullOrEmpty
        $global:theirs | Should -Be 2
        (Get-MigrationHistory $database).Kind | Should -Be 'Sql', 'PowerShell'
        { Undo-Migration $database $folder -Confirm:$false } | Should -Throw -ErrorId 'DataLossRefused*'
        (Undo-Migration $database $folder -AcceptDataLoss).RowsAffected | Should -Be 1
    }

    It 'is not rehearsed unless that is asked for' {
        Set-Content "$folder/002_code.ps1" "function up { `$null = Use-Sql 'CREATE TABLE b (id integer)' }`nfunction down { `$null = Use-Sql 'DROP TABLE b' }`n$helper"
        Invoke-Migration $database $folder -First 1
        $result = Test-Migration $database $folder -ErrorAction SilentlyContinue -ErrorVariable failed
        $result.NotRun | Should -Match '002_code is code'
        $failed.Count | Should -BeGreaterThan 0
        $result = Test-Migration $database $folder -RunCode -WithData
        $result.UndoMessage | Should -Match 'what its code did outside the copy is not known'
        $result.UndoProven | Should -BeTrue
    }

    It 'rolls back, names the place and is run again: <Name>' -ForEach $failures {
        Invoke-Migration $database $folder
        Set-Content "$folder/002_code.ps1" "function up { $Body`n}`n$helper"
        $failed = { Invoke-Migration $database $folder } | Should -Throw -PassThru -ErrorId "$Id,*"
        "$($failed.ErrorDetails)" | Should -BeLike "*$Message*"
        if ($Place) { "$($failed.Exception.Location)" | Should -BeLike "*002_code.ps1:$Place" }
        (Get-MigrationStatus $database $folder -Summary).LockedBy | Should -BeNullOrEmpty
        Set-Content "$folder/002_code.ps1" "function up { `$null = Use-Sql 'CREATE TABLE t2 (id integer)' }`n$helper"
        (Invoke-Migration $database $folder -LockTimeout 1).Name | Should -Be '002_code'
    }

    It 'is interrupted in its statement when the pipeline is stopped' {
        Invoke-Migration $database $folder
        $endless = (Get-EndlessSql $Engine).TrimEnd(';')
        Set-Content "$folder/002_code.ps1" "function up { 'begun'; Use-Sql '$endless' }`n$helper"
        $shell = [powershell]::Create().AddScript("Import-Module '$manifest'; Invoke-Migration '$database' '$folder' -Verbose")
        $null = $shell.BeginInvoke()
        for ($clock = [Diagnostics.Stopwatch]::StartNew(); $shell.Streams.Verbose.Message -notcontains 'begun'; Start-Sleep -Milliseconds 20) {
            if ($clock.Elapsed.TotalSeconds -gt 30) { throw 'It did not begin.' }
        }
        $clock.Restart()
        $shell.Stop()
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 10
        $shell.Dispose()
        (Get-MigrationStatus $database $folder).State | Should -Be 'Applied', 'Failed'
        (Get-MigrationStatus $database $folder -Summary).LockedBy | Should -BeNullOrEmpty
    }

    It 'is created by New-Migration, and is one' {
        $file = New-Migration 'in code' $folder -Language PowerShell
        $file.Name | Should -Be '002_in_code.ps1'
        Set-Content $file ((Get-Content $file -Raw) -replace "'Write [^']*'", "'DELETE FROM t1'")
        (Invoke-Migration $database $folder).Name | Should -Be '001_t1', '002_in_code'
        (Get-MigrationStatus $database $folder)[1].HasUndo | Should -BeTrue
    }
}
