BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll {
    . $PSScriptRoot/common.ps1

    function Assert-Complete($Problem, [string] $Id, [string] $Category) {
        $Problem.FullyQualifiedErrorId.Split(',')[0] | Should -Be $Id
        $Problem.CategoryInfo.Category | Should -Be $Category
        $Problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $Problem.ErrorDetails.RecommendedAction | Should -Not -Match '(?<![\w-])--[a-z]|migrations (up|down|status|repair)' -Because 'it names cmdlets and parameters'
    }
}

Describe 'Errors on <Engine>' -ForEach $engines {
    BeforeEach {
        $database = New-TestDatabase $Engine
        $folder = New-TestFolder 2
    }

    It 'tells what failed, where, what was done and what was not' {
        Set-Content "$folder/002_t2.sql" "CREATE TABLE t2 (id integer);`nSELECT nothing FROM nowhere;"
        Set-Content "$folder/003_more.sql", "$folder/003_more.down.sql" 'SELECT 1;'
        $problem = Get-ErrorOf { Invoke-Migration $database $folder }
        Assert-Complete $problem StatementFailed InvalidOperation
        $problem.TargetObject | Should -Not -BeNullOrEmpty
        $problem.Exception | Should -BeOfType ([Migrations.StatementException])
        $text = "$problem"
        $text | Should -BeLike '*nowhere*'
        $text | Should -BeLike '*002_t2.sql:2*'
        $text | Should -Match 'Done before: 001_t1'
        $text | Should -Match 'Not done: 002_t2, 003_more'
        $text | Should -Match '(?m)^\s*2 \| SELECT nothing FROM nowhere'
    }

    It 'writes no result for what failed' {
        Set-Content "$folder/002_t2.sql" 'nonsense;'
        $results = [Collections.Generic.List[object]]::new()
        $null = Get-ErrorOf { Invoke-Migration $database $folder | ForEach-Object { $results.Add($_) } }
        $results.Name | Should -Be '001_t1'
    }

    It 'goes on with the next database' {
        $other = New-TestDatabase $Engine
        $null = Invoke-Migration $other $folder -First 1
        Set-Content "$folder/001_t1.sql" 'SELECT changed_text FROM nowhere;'
        $good = New-TestDatabase $Engine
        Set-Content "$folder/001_t1.sql" "CREATE TABLE t1 (id integer PRIMARY KEY);`nINSERT INTO t1 VALUES (2);"
        $results = Invoke-Migration $other, $good $folder -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems.Count | Should -Be 1
        Assert-Complete $problems[0] MigrationChanged InvalidOperation
        $results.Count | Should -Be 2
        ($other, $good | Invoke-Migration -Path $folder -ErrorVariable again -ErrorAction SilentlyContinue) | Should -BeNullOrEmpty
        $again.Count | Should -Be 1
    }

    It 'refuses a wrong name, and offers the nearest' {
        $problem = Get-ErrorOf { Invoke-Migration $database $folder -Target 002_t3 }
        Assert-Complete $problem MigrationUnknown ObjectNotFound
        $problem.ErrorDetails.RecommendedAction | Should -BeLike "*002_t2*'Get-MigrationStatus'*"
    }
}

Describe 'Errors of the call' {
    BeforeAll { $folder = New-TestFolder 1 }

    It 'needs a database' {
        $env:DATABASE_URL = $null
        Assert-Complete (Get-ErrorOf { Get-MigrationStatus }) DatabaseNotNamed InvalidArgument
    }

    It 'takes the database and the folder from the environment' {
        $env:DATABASE_URL, $env:MIGRATION_PATH = (New-TestDatabase SQLite), $folder
        try { (Invoke-Migration).Name | Should -Be '001_t1' }
        finally { $env:DATABASE_URL, $env:MIGRATION_PATH = $null, $null }
    }

    It 'is complete: <Id>' -ForEach @(
        @{ Id = 'DatabaseMissing'; Category = 'ObjectNotFound'; Call = { Get-MigrationHistory "$(New-TestDatabase SQLite)" } }
        @{ Id = 'FolderMissing'; Category = 'ObjectNotFound'; Call = { Get-MigrationStatus ':memory:' "$folder/none" } }
        @{ Id = 'ConnectionFailed'; Category = 'ConnectionError'; Call = { Get-MigrationStatus 'Host=127.0.0.1;Port=9;Database=x;Timeout=2' $folder } }
        @{ Id = 'TargetInvalid'; Category = 'InvalidArgument'; Call = { Get-MigrationStatus 'postgres://host:notaport/x' $folder } }
        @{ Id = 'TargetInvalid'; Category = 'InvalidArgument'; Call = { Get-MigrationStatus ':memory:' $folder -Credential ([pscredential]::new('a', (ConvertTo-SecureString b -AsPlainText))) } }
        @{ Id = 'UsageInvalid'; Category = 'InvalidArgument'; Call = { New-Migration '???' $folder } }
        @{ Id = 'PathNotFileSystem'; Category = 'InvalidArgument'; Call = { Get-MigrationStatus ':memory:' Env:/x } }
    ) {
        Assert-Complete (Get-ErrorOf $Call) $Id $Category
    }

    It 'reads durations as people write them' {
        $database = New-TestDatabase SQLite
        (Invoke-Migration $database $folder -LockTimeout 500ms -StatementTimeout 30s -TableLockTimeout 00:00:02).Count | Should -Be 1
        "$(Get-ErrorOf { Invoke-Migration $database $folder -LockTimeout soon })" | Should -BeLike '*soon*500ms*'
    }

    It 'is told who holds the lock' -Skip:(-not $postgreSql) {
        $database = New-TestDatabase PostgreSQL
        $slow = New-TestFolder 1 @{ 1 = 'SELECT pg_sleep(600);' }
        $shell = [powershell]::Create().AddScript("Import-Module '$manifest'; Invoke-Migration '$database' '$slow'")
        $null = $shell.BeginInvoke()
        try {
            for ($i = 0; $i -lt 500 -and -not (Get-MigrationStatus $database $slow -Summary).LockedBy; $i++) { Start-Sleep -Milliseconds 20 }
            $problem = Get-ErrorOf { Invoke-Migration $database $slow -LockTimeout 300ms -WarningAction SilentlyContinue -WarningVariable warnings }
            Assert-Complete $problem LockTimedOut ResourceBusy
        }
        finally { $shell.Stop(); $shell.Dispose() }
    }
}

Describe 'Limits of waiting' {
    BeforeAll { $folder = New-TestFolder 2 }

    It 'are taken by each cmdlet that works on a database' {
        $working = Get-Command -Module Migrations | Where-Object { $_.Parameters.Keys -contains 'ConnectTimeout' }
        $working.Count | Should -BeGreaterThan 10
        foreach ($name in 'StatementTimeout', 'TableLockTimeout') {
            $working | Where-Object { $_.Parameters.Keys -notcontains $name } | ForEach-Object Name | Should -BeNullOrEmpty
        }
    }

    It 'hold for <_>, which only reads' -Skip:(-not $postgreSql) -ForEach 'Get-MigrationStatus', 'Get-MigrationHistory' {
        $cmdlet, $database = $_, (New-TestDatabase PostgreSQL)
        $null = Invoke-Migration $database $folder
        $other = [Npgsql.NpgsqlConnection]::new((Get-ConnectionString $database))
        try {
            $other.Open()
            $command = $other.CreateCommand()
            $command.CommandText = 'BEGIN; LOCK TABLE migration_journal'
            $null = $command.ExecuteNonQuery()
            $pass = if ($cmdlet -eq 'Get-MigrationStatus') { @{ Path = $folder } } else { @{} }
            $clock = [Diagnostics.Stopwatch]::StartNew()
            $problem = Get-ErrorOf { & $cmdlet -Database $database @pass -TableLockTimeout 200ms }
            $problem.FullyQualifiedErrorId | Should -BeLike 'TableLockTimedOut,*'
            "$problem" | Should -BeLike '*waited for backend*'
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 4
        }
        finally { $other.Dispose() }
    }
}

Describe 'Secrets' {
    BeforeAll {
        $secret = 'geheim"1/2'
        $escaped = [uri]::EscapeDataString($secret)
        function Assert-NoSecret([string] $Text) {
            $Text.Length | Should -BeGreaterThan 100
            $Text.Contains($secret) | Should -BeFalse
            $Text.Contains($escaped) | Should -BeFalse
        }
    }

    It 'are in no stream, error or transcript, whatever fails: <Url>' -ForEach @(
        @{ Url = 'postgres://ada:{0}@127.0.0.1:9/shop' }, @{ Url = 'Host=127.0.0.1;Port=9;Database=shop;Username=ada;Password={0}' }, @{ Url = 'postgres://ada:{0}@127.0.0.1:notaport/shop' }
    ) {
        $text = $Url -f $escaped
        $log = Join-Path (Get-Item TestDrive:).FullName "transcript_$([guid]::NewGuid()).txt"
        # The password stands in the script's own text, where PowerShell would quote it with the error.
        $result = Invoke-Pwsh @"
Import-Module '$manifest'
`$null = Start-Transcript '$log'
Get-MigrationStatus '$text' '$repository/samples/shop' -Verbose -Debug *>&1
'$text' | Invoke-Migration -Path '$repository/samples/shop' -Verbose *>&1
Get-MigrationStatus -Database '$text', '$text' -Path '$repository/samples/shop' -Verbose
`$Error | Format-List * -Force
`$Error | ForEach-Object { `$_.InvocationInfo | Format-List * -Force; `$_.InvocationInfo.BoundParameters; `$_ | ConvertTo-Json -Depth 3 -WarningAction SilentlyContinue }
`$ErrorView = 'NormalView'; `$Error
`$null = Stop-Transcript
"@
        $result.Text | Should -Match 'ConnectionFailed|TargetInvalid'
        Assert-NoSecret $result.Text
        Assert-NoSecret (Get-Content $log -Raw)
    }

    It 'of a server for scratch databases are in no error of <Name>' -ForEach @(
        @{ Name = 'Backup-Database'; Call = "Backup-Database 'DB' 'FOLDER/none' -ScratchDatabase 'URL'" }
        @{ Name = 'Restore-Database'; Call = "Restore-Database 'DB' 'FOLDER/none' -Force -ScratchDatabase 'URL'" }
        @{ Name = 'Test-DatabaseBackup'; Call = "Test-DatabaseBackup 'FOLDER/none' -ScratchDatabase 'URL'" }
        @{ Name = 'Test-Migration'; Call = "Test-Migration 'DB' 'FOLDER/none' -ScratchDatabase 'URL'" }
        @{ Name = 'Test-SchemaIntegrity'; Call = "Test-SchemaIntegrity 'DB' 'FOLDER/none' -Category folder -Name none -ScratchDatabase 'URL'" }
        @{ Name = 'Compare-DatabaseSchema'; Call = "Compare-DatabaseSchema 'DB' 'FOLDER/none' -ScratchDatabase 'URL'" }
        @{ Name = 'Merge-Migration'; Call = "Merge-Migration 002 'FOLDER/code' -Database 'DB' -ScratchDatabase 'URL'" }
    ) {
        $null = New-Item -ItemType Directory -Force TestDrive:/code
        Set-Content TestDrive:/code/001_a.sql 'CREATE TABLE a (id integer);'
        Set-Content TestDrive:/code/002_b.ps1 'function up { }'
        $database = New-TestDatabase SQLite
        Set-Content -LiteralPath $database -Value $null -NoNewline
        $line = $Call.Replace('URL', "postgres://ada:$escaped@127.0.0.1:9/scratch").Replace('DB', "$database").Replace('FOLDER', (Get-Item TestDrive:).FullName)
        $text = (Invoke-Pwsh @"
Import-Module '$manifest'
$line
`$Error | Format-List * -Force
`$Error | ForEach-Object { `$_.InvocationInfo | Format-List * -Force; `$_.InvocationInfo.BoundParameters; `$_ | ConvertTo-Json -Depth 3 -WarningAction SilentlyContinue }
`$ErrorView = 'NormalView'; `$Error
"@).Text
        $text | Should -Match $Name
        Assert-NoSecret $text
    }

    It 'are in no stream, object or error of a real server' -Skip:(-not $postgreSql) {
        $database = New-TestDatabase PostgreSQL
        $login = ([uri] $database).UserInfo.Split(':', 2)
        $secret, $escaped = [uri]::UnescapeDataString($login[1]), $login[1]
        if ($secret.Length -lt 6) { Set-ItResult -Skipped -Because 'the password of this server is too short to look for'; return }
        $folder = New-TestFolder 2
        Set-Content "$folder/002_t2.sql" 'SELECT nothing FROM nowhere;'
        $env:DATABASE_URL = $database
        try {
            $text = (Invoke-Pwsh @"
Import-Module '$manifest'
Get-MigrationStatus -Path '$folder' -Verbose -Debug *>&1 | Format-List * -Force | Out-String
Invoke-Migration -Path '$folder' -Verbose *>&1 | Format-List * -Force | Out-String
Get-MigrationStatus -Path '$folder' | ConvertTo-Json -Depth 5
[System.Management.Automation.PSSerializer]::Serialize((Get-MigrationStatus -Path '$folder'), 5)
Get-MigrationHistory | Format-List * | Out-String
`$Error | Format-List * -Force | Out-String
`$Error | ForEach-Object { `$_.InvocationInfo | Out-String; `$_ | ConvertTo-Json -Depth 4 -WarningAction SilentlyContinue }
"@).Text
        }
        finally { $env:DATABASE_URL = $null }
        $text | Should -Match 'StatementFailed'
        Assert-NoSecret $text
    }

    It 'come by -Credential' -Skip:(-not $postgreSql) {
        $database = New-TestDatabase PostgreSQL
        $uri = [uri] $database
        $user, $password = $uri.UserInfo.Split(':', 2).ForEach{ [uri]::UnescapeDataString($_) }
        $bare = "postgres://$($uri.Host):$($uri.Port)$($uri.AbsolutePath)"
        $folder = New-TestFolder 2
        $credential = [pscredential]::new($user, (ConvertTo-SecureString $password -AsPlainText))
        $null = Invoke-Migration $bare $folder -Credential $credential -First 1
        # Statuses keep it.
        (Get-MigrationStatus $bare $folder -Credential $credential | Where-Object State -EQ Pending | Invoke-Migration).Name | Should -Be '002_t2'
        $wrong = [pscredential]::new($user, (ConvertTo-SecureString 'wrong-one' -AsPlainText))
        $problem = Get-ErrorOf { Get-MigrationStatus $bare $folder -Credential $wrong }
        Assert-Complete $problem AuthenticationFailed AuthenticationError
    }
}

Describe 'Where the session is not interactive' {
    It '-Debug shows its messages and goes on; a message that is to be confirmed is an error that says so' {
        $database = New-TestDatabase SQLite
        $folder = New-TestFolder 1
        $run = Invoke-Pwsh "Import-Module '$manifest'; Invoke-Migration '$database' '$folder' -Debug; (Get-MigrationStatus '$database' '$folder' -Debug).State; (Test-SchemaIntegrity '$database' '$folder' -Category Folder -Debug).Status"
        $run.Text | Should -Not -BeLike '*bug in the module*'
        $run.Text | Should -BeLike '*Connecting to*001_t1*Applied*Pass*'
        Add-Content "$folder/001_t1.sql" '-- a comment'
        $asked = Invoke-Pwsh "Import-Module '$manifest'; Invoke-Migration '$database' '$folder' -WarningAction Inquire"
        $asked.Text | Should -Not -BeLike '*bug in the module*'
        $asked.Text | Should -BeLike '*the session is not interactive*'
    }
}

Describe 'What a build service reads' {
    BeforeAll {
        $forged = New-TestFolder 1 @{ 1 = "SELECT 1;`nINSERT INTO `"##vso[task.complete]`n::add-mask::y`" VALUES (1);" }
        $configuration = Join-Path (Get-Item TestDrive:).FullName 'log.json'
        Set-Content $configuration '{ "logFormat": "github" }'
    }

    It 'names the failing line with <Options>' -ForEach @(
        @{ Options = '-LogFormat AzureDevOps'; Expected = '(?m)^##vso\[task\.logissue type=error;sourcepath=.+001_t1\.sql;linenumber=2;columnnumber=\d+;code=StatementFailed;\]' }
        @{ Options = '-LogFormat GitHub'; Expected = '(?m)^::error file=.+001_t1\.sql,line=2,col=\d+,title=StatementFailed::' }
        @{ Options = '-ConfigurationPath log.json'; Expected = '(?m)^::error file=.+001_t1\.sql,line=2,col=\d+,title=StatementFailed::' }
    ) {
        $result = Invoke-Pwsh "Set-Location '$(Split-Path $configuration)'; Import-Module '$manifest'; Invoke-Migration ':memory:' '$forged' $Options"
        $result.Text | Should -Match $Expected
        $result.Text | Should -Not -Match '##vso\[task\.complete'
        if ($Expected -like '*error file*') { $result.Text | Should -Not -Match '(?m)^\s*::add-mask' }
    }

    It 'gets no command without it, also where TF_BUILD is set' {
        $result = Invoke-Pwsh "`$env:TF_BUILD = 'True'; Import-Module '$manifest'; Invoke-Migration ':memory:' '$forged'"
        $result.Text | Should -Not -Match 'task\.logissue'
    }

    It 'is written as Write-Host writes, so that it can be kept apart from the objects' {
        $written = @(& { try { Invoke-Migration ':memory:' $forged -LogFormat GitHub } catch { "caught $($_.ErrorDetails.Message)" } } 6>&1)
        $written.Where{ "$_" -like '::error file=*' }.Count | Should -Be 1
        $written[-1] | Should -BeLike 'caught *'
        $written[-1] | Should -Not -Match '(?m)^\s*::add-mask'
    }
}
