BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Hooks on <Engine>' -ForEach $engines {
    BeforeEach {
        $database, $folder = (New-TestDatabase $Engine), (New-TestFolder 2)
        $null = New-Item -ItemType Directory "$folder/hooks"
        Set-Content "$folder/hooks/before-run.sql" 'CREATE TABLE IF NOT EXISTS log (point text, migration text);'
        Set-Content "$folder/hooks/after-each.sql" "INSERT INTO log VALUES ('after-each', '`${migration}');"
        Set-Content "$folder/hooks/on-error.sql" "INSERT INTO log VALUES ('on-error', '`${migration}');"
        function Log { (Invoke-DatabaseScript $database -Command 'SELECT point, migration FROM log').ForEach({ "$($_.point) $($_.migration)" }) }
    }

    It 'run around migrations, and results and the history name them' {
        $verbose = Invoke-Migration $database $folder -Verbose 4>&1
        $results = $verbose.Where({ $_ -is [Migrations.MigrationResult] })
        $results[0].Hooks | Should -Be 'hooks/before-run.sql', 'hooks/after-each.sql'
        $results[1].Hooks | Should -Be 'hooks/after-each.sql'
        "$verbose" | Should -BeLike "*Ran hooks/after-each.sql for $($results[1].Name) in *"
        Log | Should -Be "after-each $($results[0].Name)", "after-each $($results[1].Name)"
        (Get-MigrationHistory $database | Where-Object Event -eq Ran)[0].Name | Should -Be 'hooks/before-run.sql'
    }

    It 'are named by -WhatIf, and left out by -NoHooks' {
        (Invoke-Migration $database $folder -WhatIf)[0].Hooks | Should -Be 'hooks/before-run.sql', 'hooks/after-each.sql'
        $result = Invoke-Migration $database $folder -NoHooks -First 1
        $result.Hooks | Should -BeNullOrEmpty
        $result.HooksSkipped | Should -Be 'before-run.sql', 'after-each.sql', 'on-error.sql'
        Get-MigrationHistory $database | Where-Object Event -eq Ran | Should -BeNullOrEmpty
    }

    It 'that fail roll their migration back, and on-error runs' {
        Add-Content "$folder/hooks/after-each.sql" 'SELECT * FROM nowhere;'
        $failure = Get-ErrorOf { Invoke-Migration $database $folder }
        $failure.FullyQualifiedErrorId | Should -BeLike 'StatementFailed,*'
        Split-Path $failure.Exception.Location.File -Leaf | Should -Be 'after-each.sql'
        (Get-MigrationStatus $database $folder).State | Should -Be 'Pending', 'Pending'
        Log | Should -Be "on-error $((Get-MigrationStatus $database $folder)[0].Name)"
        Undo-Migration $database $folder -NoHooks -ErrorAction Stop | Should -BeNullOrEmpty
    }
}

Describe 'Hooks in PowerShell on <Engine>' -ForEach $engines {
    BeforeEach {
        $database, $folder = (New-TestDatabase $Engine), (New-TestFolder 2)
        $null = New-Item -ItemType Directory "$folder/hooks"
        $global:seen = [Collections.Generic.List[string]]::new()
        $global:testDatabase, $global:testFolder = $database, $folder
        function Set-Hook([string] $Point, [string] $Text) { Set-Content "$folder/hooks/$Point.ps1" $Text }
        $note = '$global:seen.Add(("{0} {1} {2} [{3}] [{4}]" -f $Plan[0].Direction, ${migration}, ${direction}, ($Plan.Name -join " "), ($Result.ForEach{ "$($_.Name)=$($_.Outcome)" } -join " ")))'
    }

    It 'run at all points with the plan and the results, and in the transaction of their migration' {
        foreach ($point in 'before-run', 'after-run', 'before-each', 'after-each', 'before-undo', 'after-undo', 'on-error') {
            Set-Hook $point "`$global:seen.Add('$point'); $note"
        }
        Set-Hook 'after-each' @"
param([Parameter(Mandatory)] `$Plan, `$Result, `$Connection)
`$global:seen.Add('after-each'); $note
`$mine = 1
`$command = `$Connection.CreateCommand(); `$command.Transaction = `$Transaction
`$command.CommandText = 'INSERT INTO t1 SELECT max(id) + 10 FROM t1'
`$null = `$command.ExecuteNonQuery()
'wrote a row'
"@
        $verbose = Invoke-Migration $database $folder -First 1 -Verbose 4>&1
        $results = $verbose.Where({ $_ -is [Migrations.MigrationResult] })
        $results.Hooks | Should -Be 'hooks/before-run.ps1', 'hooks/before-each.ps1', 'hooks/after-each.ps1'
        "$verbose" | Should -BeLike '*wrote a row*'
        $seen | Should -Be @(
            'before-run', 'Up  up [001_t1] []', 'before-each', 'Up 001_t1 up [001_t1] []', 'after-each', 'Up 001_t1 up [001_t1] [001_t1=Done]'
            'after-run', 'Up  up [001_t1] [001_t1=Done]'
        )
        Get-Variable mine -ErrorAction Ignore | Should -BeNullOrEmpty
        Invoke-Migration $database $folder
        (Invoke-DatabaseScript $database -Command 'SELECT id FROM t1 ORDER BY id').id | Should -Be 1, 11, 21
        $seen.Clear()
        Set-Hook 'after-each' '"done"'
        $null = Undo-Migration $database $folder -AcceptDataLoss
        $seen -cmatch '^[a-z]' | Should -Be 'before-run', 'before-each', 'before-undo', 'after-undo', 'after-run'
    }

    It 'that fail are named with line and column, roll their migration back, and on-error gets the failure: <_>' -ForEach @(
        'before-run', 'before-each', 'after-each', 'after-run'
    ) {
        Set-Hook $_ "# Description: fails`nif (`$true) {`n    throw 'bad thing'`n}"
        Set-Hook 'on-error' '$global:seen.Add($Failure.Id.ToString()); $global:seen.Add($Failure.Location.Line.ToString()); throw "worse"'
        $failure = Get-ErrorOf { Invoke-Migration $database $folder -WarningVariable warned -WarningAction SilentlyContinue; $warned | ForEach-Object { $global:seen.Add("$_") } }
        $failure.FullyQualifiedErrorId | Should -BeLike 'CodeFailed,*'
        "$($failure.Exception.Location)" | Should -BeLike "*$_.ps1:3:5"
        "$($failure.ErrorDetails)" | Should -BeLike '*bad thing*'
        $seen[0, 1] | Should -Be 'CodeFailed', '3'
        $state = $(if ($_ -eq 'after-run') { 'Applied' } else { 'Pending' })
        (Get-MigrationStatus $database $folder).State | Should -Be $state, $state
        (Get-MigrationHistory $database | Where-Object Name -Like "hooks/$_*").Success | Should -Be $false
        (Get-MigrationHistory $database | Where-Object Name -EQ hooks/on-error.ps1).Success | Should -Be $false
    }

    It 'of failures cannot hide the failure by an exception that ends pipelines' {
        Set-Content "$folder/003_bad.sql" 'SELECT * FROM wanted;'
        Set-Hook 'on-error' 'throw [System.Management.Automation.PipelineStoppedException]::new()'
        $script = Join-Path (Get-Item TestDrive:).FullName 'call.ps1'
        Set-Content $script "`$ErrorActionPreference = 'Stop'; Import-Module '$manifest'; Invoke-Migration '$database' '$folder'; 'after'"
        $said = pwsh -NoProfile -File $script 2>&1 | Out-String
        $LASTEXITCODE | Should -Be 1
        $said | Should -Match 'wanted'
        $said | Should -Match 'on-error'
        $said | Should -Not -Match 'after\s*$'
    }

    It 'say no secret in what they write: <_>' -ForEach 'before-run', 'after-each', 'on-error' {
        if ($_ -eq 'on-error') { Set-Content "$folder/003_bad.sql" 'SELECT * FROM wanted;' }
        Set-Hook $_ '$secret = $Variables.api_password; Write-Warning "warned of $secret"; Write-Verbose "says $secret" -Verbose; Write-Host "hosts $secret"'
        $written = $(try { Invoke-Migration $database $folder -Variable @{ api_password = 'hidden-value' } 3>&1 4>&1 6>&1 } catch { })
        "$written" | Should -Match 'warned of \*{3} says \*{3} hosts \*{3}'
        "$written" | Should -Not -Match 'hidden-value'
    }

    It 'are refused before anything runs where their syntax is wrong or their name is' {
        Set-Hook 'after-run' 'if (1'
        (Get-ErrorOf { Invoke-Migration $database $folder }).FullyQualifiedErrorId | Should -BeLike 'FolderInvalid,*'
        Set-Hook 'after-run' '# nothing'
        "$((Get-ErrorOf { Invoke-Migration $database $folder }).ErrorDetails)" | Should -BeLike '*contains no statement*'
        Remove-Item "$folder/hooks/after-run.ps1"
        Set-Hook 'after-runs' '1'
        "$((Get-ErrorOf { Invoke-Migration $database $folder }).ErrorDetails)" | Should -BeLike "*Did you mean 'after-run.ps1'*"
        (Get-MigrationStatus $database $folder).State | Should -Be 'Pending', 'Pending'
    }

    It 'may not call for another operation on their database: <Name>' -ForEach @(
        @{ Name = 'a cmdlet'; Point = 'before-run'; Text = 'Get-MigrationStatus $testDatabase $testFolder' }
        @{ Name = 'a cmdlet'; Point = 'after-each'; Text = 'Get-MigrationStatus $testDatabase $testFolder' }
        @{ Name = 'a backup'; Point = 'before-run'; Text = 'Backup-Database $testDatabase -Destination $testFolder' }
        @{ Name = 'a restore'; Point = 'before-run'; Text = 'Restore-Database $testDatabase $testBackup -Force' }
        @{ Name = 'a check'; Point = 'after-each'; Text = 'Test-SchemaIntegrity $testDatabase $testFolder' }
        @{ Name = 'a script'; Point = 'before-each'; Text = 'Invoke-DatabaseScript $testDatabase -Command "SELECT 1"' }
    ) {
        $null = Invoke-Migration $database $folder -First 1
        if ($Name -eq 'a restore') { $global:testBackup = (Backup-Database $database -Destination (New-TestFolder 0)).Path }
        Set-Hook $Point $Text
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $failure = Get-ErrorOf { Invoke-Migration $database $folder }
        "$($failure.ErrorDetails)" | Should -BeLike '*calls for another operation on it*'
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 20
        (Get-MigrationStatus $database $folder).State | Should -Be 'Applied', 'Pending'
    }
}
