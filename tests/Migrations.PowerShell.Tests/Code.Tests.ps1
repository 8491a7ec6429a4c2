BeforeDiscovery {
    . $PSScriptRoot/common.ps1
    $failures = @(
        @{ Name = 'throws'; Body = "`n    throw 'bad thing'"; Id = 'CodeFailed'; Message = 'bad thing'; Place = '2:5' }
        @{ Name = 'writes an error'; Body = "`n    Write-Error 'bad thing'`n    'after'"; Id = 'CodeFailed'; Message = 'bad thing'; Place = '2:5' }
        @{ Name = 'throws what ends a pipeline'; Body = "`n    throw [System.Management.Automation.PipelineStoppedException]::new()"; Id = 'CodeFailed'; Message = 'The pipeline has been stopped'; Place = $null }
        @{ Name = 'exits'; Body = "`n    1`n    exit 3"; Id = 'CodeFailed'; Message = "'exit'"; Place = '3:5' }
        @{ Name = 'breaks'; Body = "`n    break"; Id = 'CodeFailed'; Message = "'break'"; Place = '2:5' }
        @{ Name = 'fails in a program'; Body = "`n    & bash -c 'exit 7'"; Id = 'CodeFailed'; Message = '7'; Place = '2:5' }
        @{ Name = 'fails in a statement'; Body = "`n    Use-Sql 'SELECT id FROM nowhere'"; Id = 'CodeFailed'; Message = 'nowhere'; Place = $null }
        @{ Name = 'commits'; Body = "`n    `$Transaction.Commit()"; Id = 'TransactionUnbalanced'; Message = 'Nothing was committed'; Place = $null }
        @{ Name = 'calls a cmdlet'; Body = "`n    Get-MigrationStatus `$global:testDatabase `$global:testFolder"; Id = 'CodeFailed'; Message = 'calls for another operation'; Place = '2:5' }
        @{ Name = 'leaves a reader open'; Body = "`n    `$c = `$Connection.CreateCommand(); `$c.CommandText = 'SELECT id FROM t1'; `$null = `$c.ExecuteReader().Read()"; Id = 'CodeFailed'; Message = 'reader open, on: SELECT id FROM t1'; Place = $null }
        @{ Name = 'has wrong syntax'; Body = "`n    if (1"; Id = 'FolderInvalid'; Message = 'Missing closing'; Place = $null }
        @{ Name = 'defines up twice'; Body = "`n}`nif (1) { function up { 'two' } }`nfunction other {"; Id = 'CodeFailed'; Message = "'up' of this file was replaced by another one, at *002_code.ps1:3"; Place = $null }
        @{ Name = 'is replaced by a file that it loads'; Body = "`n}`n. `$global:testOther`nfunction other {"; Id = 'CodeFailed'; Message = "'up' of this file was replaced by another one, at *other.ps1:1"; Place = $null }
        @{ Name = 'ends before its function'; Body = "`n}`nfunction other {"; Before = 'return'; Id = 'CodeFailed'; Message = "ended before its function 'up' was defined"; Place = $null }
        @{ Name = 'ends its transaction and writes in another one'; Body = "`n    `$Transaction.Rollback(); `$null = `$Connection.BeginTransaction()"; Id = 'TransactionUnbalanced'; Message = 'was rolled back'; Place = $null }
    )
    $refused = @(
        @{ Text = "#Requires -Version 99.1`nfunction up { }"; Message = 'requires PowerShell 99.1, and this is 7.'; Place = '1:1' }
        @{ Text = "# A comment`n#Requires -Modules NoSuchThing, @{ ModuleName = 'Pester'; ModuleVersion = '99.0' }`nfunction up { }"; Message = 'the module NoSuchThing, which is not installed'; Place = '2:1' }
        @{ Text = "#Requires -Modules @{ ModuleName = 'Microsoft.PowerShell.Utility'; ModuleVersion = '99.0' }`nfunction up { }"; Message = 'the module Microsoft.PowerShell.Utility 99.0 or newer'; Place = '1:1' }
        @{ Text = "#Requires -PSEdition Desktop`nfunction up { }"; Message = 'requires the edition Desktop'; Place = '1:1' }
        @{ Text = "function up {`n    param([Parameter(Mandatory)] `$Connection, [Parameter(Mandatory)] `$Nothing)`n}"; Message = "'up' has the mandatory parameter 'Nothing'"; Place = '2:47' }
        @{ Text = "function up { }`nfunction down([Parameter(Mandatory = `$true)] `$Nothing) { }"; Message = "'down' has the mandatory parameter 'Nothing'"; Place = '2:15' }
        @{ Text = "param([Parameter(Mandatory)] `$Nothing)`nfunction up { }"; Message = "The file has the mandatory parameter 'Nothing'"; Place = '1:7' }
    )
}
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Migrations in PowerShell on <Engine>' -ForEach $engines {
    BeforeEach {
        $global:testDatabase = $database = New-TestDatabase $Engine
        $global:testFolder = $folder = New-TestFolder 1
        $global:testOther = Join-Path (Get-Item TestDrive:).FullName 'other.ps1'
        Set-Content $global:testOther 'function up { throw "the other one" }'
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
        Set-Content "$folder/002_code.ps1" "$Before`nfunction up { $Body`n}`n$helper".TrimStart()
        $failed = { Invoke-Migration $database $folder } | Should -Throw -PassThru -ErrorId "$Id,*"
        "$($failed.ErrorDetails)" | Should -BeLike "*$Message*"
        if ($Place) { "$($failed.Exception.Location)" | Should -BeLike "*002_code.ps1:$Place" }
        (Get-MigrationStatus $database $folder -Summary).LockedBy | Should -BeNullOrEmpty
        Set-Content "$folder/002_code.ps1" "function up { `$null = Use-Sql 'CREATE TABLE t2 (id integer)' }`n$helper"
        (Invoke-Migration $database $folder -LockTimeout 1).Name | Should -Be '002_code'
    }

    It 'is refused before anything runs, and asks for nothing: <Message>' -ForEach $refused {
        Set-Content "$folder/002_code.ps1" $Text
        $failed = { Invoke-Migration $database $folder } | Should -Throw -PassThru -ErrorId 'FolderInvalid,*'
        "$($failed.ErrorDetails)" | Should -BeLike "*002_code.ps1:${Place}: *$Message*"
        (Get-MigrationStatus $database $folder).State | Should -Be 'Pending', 'Pending'
        $null = New-Item "$folder/hooks" -ItemType Directory
        Move-Item "$folder/002_code.ps1" "$folder/hooks/before-run.ps1"
        if ($Text -match '^#|^param') {
            $failed = { Invoke-Migration $database $folder } | Should -Throw -PassThru -ErrorId 'FolderInvalid,*'
            "$($failed.ErrorDetails)" | Should -BeLike "*before-run.ps1:${Place}: *$Message*"
        }
    }

    It 'gets what it requires, and its parameters at the top of the file' {
        Set-Content "$folder/002_code.ps1" @"
#Requires -Version 7.0 -PSEdition Core -Modules Microsoft.PowerShell.Archive
param([Parameter(Mandatory)] `$Connection, `$Variables)
`$seen = "`$(`$Connection.GetType().Namespace) `$(`$Variables.number)"
function up { "`$seen `$((Get-Module Microsoft.PowerShell.Archive).Name)" }
"@
        Remove-Module Microsoft.PowerShell.Archive -ErrorAction Ignore
        $verbose = Invoke-Migration $database $folder -Variable @{ number = 7 } -Verbose 4>&1
        "$verbose" | Should -BeLike '* 7 Microsoft.PowerShell.Archive*'
    }

    It 'leaves the stack of locations as it was' {
        Set-Content "$folder/002_code.ps1" "function up { Pop-Location; Push-Location /; Push-Location /; Set-Location TestDrive: }"
        Push-Location /; Push-Location (Get-Item TestDrive:).FullName
        try {
            $before = (Get-Location).Path, (Get-Location -Stack).Path
            $null = Invoke-Migration $database $folder
            (Get-Location).Path, (Get-Location -Stack).Path | Should -Be $before
        }
        finally { Pop-Location; Pop-Location }
    }

    It 'leaves the current directory of the process as it was' {
        Set-Content "$folder/002_code.ps1" 'function up { [Environment]::CurrentDirectory = "/" }'
        $before = [Environment]::CurrentDirectory
        [Environment]::CurrentDirectory = (Get-Item TestDrive:).FullName.TrimEnd('/')
        try {
            $null = Invoke-Migration $database $folder
            [Environment]::CurrentDirectory | Should -Be (Get-Item TestDrive:).FullName.TrimEnd('/')
        }
        finally { [Environment]::CurrentDirectory = $before }
    }

    It 'says no secret of its variables: <_>' -ForEach 'plain', 'address', 'secure' {
        Set-Content "$folder/002_code.ps1" "function up { `"verbose `$(`$Variables.api_password)`"; `"address `$(`$Variables.dsn)`"; throw `"no login with `$(`$Variables.api_password) `$(`$Variables.dsn -replace '.*u:(.*)@.*', '`$1') `$(`$Variables.plain)`" }"
        $variables = @{ api_password = ''; dsn = ''; plain = 'shown' }
        switch ($_) {
            plain { $variables.api_password = 'hidden-value' }
            address { $variables.dsn = 'postgres://u:hidden-value@h/db' }
            secure { $variables.api_password = ConvertTo-SecureString 'hidden-value' -AsPlainText -Force }
        }
        $failed = $null
        $verbose = try { Invoke-Migration $database $folder -Variable $variables -Verbose 4>&1 } catch { $failed = $_ }
        "$($failed.ErrorDetails)" | Should -BeLike '*no login with *** shown*'
        "$verbose $($failed.Exception) $($failed.ErrorDetails) $($failed | Format-List -Force | Out-String)" | Should -Not -BeLike '*hidden-value*'
        (Get-MigrationHistory $database).ErrorMessage -join ' ' | Should -BeLike '*no login*'
        (Get-MigrationHistory $database).ErrorMessage -join ' ' | Should -Not -BeLike '*hidden-value*'
    }

    It 'says no secret on any stream, and shows what it writes as PowerShell would' {
        Set-Content "$folder/002_code.ps1" @'
function up {
    $secret = $Variables.api_password
    "output $secret"; Write-Verbose "quiet $secret"; Write-Verbose "verbose $secret" -Verbose; Write-Debug "debug $secret" -Debug
    Write-Warning "warning $secret"; Write-Information "information $secret" -Tags mine; Write-Host "host $secret" -ForegroundColor Red
    Write-Information ([version] '1.2')
    try { throw "caught $secret" } catch { Write-Warning "after $_" }
    Write-Error "passed over $secret" -ErrorAction SilentlyContinue; Write-Error 'harmless' -ErrorAction SilentlyContinue
}
function down { }
'@
        $given = @{ Database = $database; Path = $folder; Variable = @{ api_password = 'hidden-value' } }
        $null = Invoke-Migration @given -First 1
        $global:Error.Clear()
        $written = Invoke-Migration @given -WarningVariable warned -InformationVariable informed 3>&1 4>&1 5>&1 6>&1
        $written.ForEach{ $_.GetType().Name -replace 'Record$' } | Should -Be (
            'Verbose', 'Debug', 'Warning', 'Information', 'Information', 'Information', 'Warning', 'MigrationResult')
        "$written" | Should -Match 'verbose \*{3} debug \*{3}'
        $warned.Message | Should -Be 'warning ***', 'after caught ***'
        "$informed" | Should -Be 'information *** host *** 1.2'
        $informed[0].Tags | Should -Be 'mine'
        $informed[1].MessageData.ForegroundColor | Should -Be Red
        $informed[2].MessageData | Should -BeOfType ([version])
        "$($global:Error)" | Should -Be 'harmless'
    }

    It 'says no secret of a statement that failed' {
        Set-Content "$folder/002_code.ps1" "function up { Use-Sql `"INSERT INTO nowhere VALUES ('`$(`$Variables.api_password)')`" }`n$helper"
        $global:Error.Clear()
        $failed = Get-ErrorOf { Invoke-Migration $database $folder -Variable @{ api_password = 'hidden-value' } }
        "$($failed.ErrorDetails)" | Should -BeLike '*nowhere*'
        foreach ($e in $global:Error.Exception) { for (; $e; $e = $e.InnerException) { "$($e.BatchCommand.CommandText) $e" | Should -Not -BeLike '*hidden-value*' } }
        for ($e = $failed.Exception; $e; $e = $e.InnerException) { "$($e.BatchCommand.CommandText) $e" | Should -Not -BeLike '*hidden-value*' }
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
