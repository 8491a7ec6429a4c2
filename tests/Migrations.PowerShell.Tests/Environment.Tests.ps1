BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll {
    . $PSScriptRoot/common.ps1
    $project = Join-Path (Get-Item TestDrive:).FullName 'environments'
    foreach ($service in 'api', 'words') {
        $null = New-Item "$project/migrations/$service" -ItemType Directory -Force
        Set-Content "$project/migrations/$service/001_$service.sql" "CREATE TABLE $service (id integer);"
        Set-Content "$project/migrations/$service/001_$service.down.sql" "DROP TABLE $service;"
    }
    $null = New-Item "$project/kept" -ItemType Directory
    Set-Content "$project/migrations.json" @'
{
  "services": { "api": { "path": "migrations/api" }, "words": { "path": "migrations/words" } },
  "defaultEnvironment": "local",
  "environments": {
    "local": { "database": "local.db" },
    "staging": { "databases": { "api": "s_api.db", "words": "s_words.db" } },
    "production": {
      "confirm": true, "backup": { "folder": "kept" },
      "databases": { "api": "p_api.db", "words": "p_words.db" }
    }
  }
}
'@
    $before = $env:DATABASE_URL
    $env:DATABASE_URL = $null
    Push-Location $project
}
AfterAll {
    Pop-Location
    $env:DATABASE_URL = $before
}

Describe 'Environments' {
    AfterEach { Remove-Item "$project/*.db*", "$project/kept/*" }

    It 'copies production to staging in one call, which stays staging' {
        $null = Invoke-Migration -Environment production -Service * -Force
        $null = Backup-Database -Environment production -Service *
        (Restore-Database -Latest -Environment production -Service * -Force).Stamp | Should -Be 'production', 'production'
        $null = Backup-Database -Environment production -Service *
        $null = Invoke-Migration -Environment staging -Service *
        $restored = Restore-Database -Latest -SourceEnvironment production -Environment staging -Service * -Force
        $restored.Stamp | Should -Be 'staging', 'staging'
        (Get-MigrationStatus -Summary -Environment staging -Service *).Stamp | Should -Be 'staging', 'staging'
        (Get-MigrationStatus -Summary -Environment production -Service api).Stamp | Should -Be 'production'
        (Get-MigrationHistory -Environment staging -Service api -Event Stamped).Name | Should -Contain 'staging'
    }

    It 'restores a piped backup where the command line says' {
        $null = Invoke-Migration -Environment production -Service api -Force
        $null = Invoke-Migration -Environment staging -Service api
        $restored = Backup-Database -Environment production -Service api | Restore-Database -Environment staging -Service api -Force
        $restored.Database | Should -BeLike '*s_api.db'
    }

    It 'takes nothing away under another name' -ForEach @(
        @{ Call = { Undo-Migration -Database p_api.db -Path migrations/api -AcceptDataLoss } }
        @{ Call = { Undo-Migration -Database p_api.db -Path migrations/api -Environment staging -WhatIf } }
        @{ Call = { Undo-Migration -All -Database p_api.db -Path migrations/api -Environment local -Force -AcceptDataLoss } }
        @{ Call = { Restore-Database -Database p_api.db -Latest -From kept -Force } }
        @{ Call = { Clear-Database -Database p_api.db -HistoryTable other -IncludeOthers -AcceptDataLoss -Confirm:$false } }
        @{ Call = { Clear-Database p_api.db migrations/api -Migrate -HistoryTable other -IncludeOthers -AcceptDataLoss -Confirm:$false } }
        @{ Call = { Invoke-DatabaseScript p_api.db -Command 'DROP TABLE migration_journal' -HistoryTable other -AcceptDataLoss -Confirm:$false } }
        @{ Call = { Initialize-Database p_api.db migrations/api -Environment staging -Stamp staging } }
        @{ Call = { Remove-DatabaseBackup kept -KeepLast 1 -Force } }
    ) {
        $null = Invoke-Migration -Environment production -Service api -Force
        $null = Backup-Database -Environment production -Service api
        $null = Restore-Database -Latest -Environment production -Service api -Force
        $null = 1..2 | ForEach-Object { Backup-Database -Environment production -Service api }
        $problem = Get-ErrorOf $Call
        $problem.FullyQualifiedErrorId | Should -BeLike 'StampDiffers,*'
        "$problem" | Should -Match "stamped 'production'"
        $problem.ErrorDetails.RecommendedAction | Should -Match '-Environment production'
        (Get-MigrationStatus -Environment production -Service api).State | Should -Be 'Applied'
    }

    It 'says to who asks for details that only the top of the file counts' {
        Get-MigrationStatus s_api.db migrations/api -Verbose -WarningAction Ignore 4>&1 | Out-String | Should -Match 'only the settings at its top count'
        Get-MigrationStatus -Environment staging -Service api -Verbose -WarningAction Ignore 4>&1 | Out-String | Should -Not -Match 'its top count'
    }

    It 'replaces the stamp of an environment that asks only when that is confirmed' {
        $null = Initialize-Database -Create -Environment production -Service api -Stamp production -Force
        $other = @{ Database = 'p_api.db'; Environment = 'staging'; Service = 'api'; Stamp = 'staging'; Restamp = $true }
        $problem = Get-ErrorOf { Initialize-Database @other }
        $problem.FullyQualifiedErrorId | Should -BeLike 'ConfirmationRequired,*'
        "$problem" | Should -Match "the stamp of the environment 'production' on .*p_api.db by 'staging'"
        $problem.ErrorDetails.RecommendedAction | Should -Match '-Force'
        (Initialize-Database @other -WhatIf).Stamp | Should -Be 'staging'
        (Get-MigrationStatus -Summary -Environment production -Service api).Stamp | Should -Be 'production'
        (Initialize-Database @other -Confirm:$false).Stamp | Should -Be 'staging'
    }

    It 'asks about a piped status by the environment that it was read under' {
        $null = Invoke-Migration -Environment production -Service api -Force
        $status = Get-MigrationStatus -Environment production -Service api
        $status.Target.Environment | Should -Be 'production'
        $problem = Get-ErrorOf { $status | Undo-Migration -AcceptDataLoss }
        $problem.FullyQualifiedErrorId | Should -BeLike 'ConfirmationRequired,*'
        "$problem" | Should -Match "in the environment 'production' on api"
        ($status | Undo-Migration -AcceptDataLoss -Force).Outcome | Should -Be 'Done'
    }

    It 'names the switch where the input of the console has ended' {
        $script = "Import-Module '$PSScriptRoot/../../Migrations.psd1'; Set-Location '$project'; " +
            'try { Invoke-Migration -Environment production -Service api } catch { $_.FullyQualifiedErrorId; $_.ErrorDetails.RecommendedAction }'
        $null | & (Get-Process -Id $PID).Path @(if ((Get-Process -Id $PID).ProcessName -eq 'dotnet') { [Environment]::GetCommandLineArgs()[0] }) `
            -NoProfile -Command $script | Out-String | Should -Match '(?s)ConfirmationRequired.*-Force or -Confirm:\$false'
    }

    It 'stops where it is not known whose migrations the history has, and assigns them' {
        $null = Invoke-Migration -Database local.db -Path migrations/api
        (Get-ErrorOf { Invoke-Migration -Service api }).FullyQualifiedErrorId | Should -BeLike 'ServiceDiffers,*'
        (Get-ErrorOf { Undo-Migration -Service api }).ErrorDetails.RecommendedAction |
            Should -Match 'Repair-MigrationHistory -AssignService api'
        (Repair-MigrationHistory -AssignService api -Force).Repair | Should -Be 'Unassigned'
        (Get-MigrationStatus -Service api).State | Should -Be 'Applied'
        (Invoke-Migration -Service words).Name | Should -Be '001_words'
    }

    It 'goes on with what had no service, in a database of its own' {
        $null = Invoke-Migration -Database s_api.db -Path migrations/api
        Invoke-Migration -Environment staging -Service api -WarningVariable said -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        $said | Should -Match 'Repair-MigrationHistory -AssignService api'
        Get-MigrationStatus -Environment staging -Service api -WarningAction Ignore | Repair-MigrationHistory -AssignService api -Force |
            ForEach-Object Service | Should -Be 'api'
    }

    It 'forgets a migration when nothing of it is left' {
        $null = Invoke-Migration -Environment staging -Service api
        $problem = Get-ErrorOf { Repair-MigrationHistory -Environment staging -Service api -Forget 1 }
        $problem.FullyQualifiedErrorId | Should -BeLike 'ForgetRefused,*'
        "$problem" | Should -Match 'table api'
        (Repair-MigrationHistory -Environment staging -Service api -Forget 001_api -SkipComparison).Repair | Should -Be 'Forgotten'
        (Get-MigrationStatus -Environment staging -Service api).State | Should -Be 'Pending'
    }

    It 'finds backups and schemas by the configuration file' {
        $null = Invoke-Migration -Environment production -Service api -Force
        $backup = Backup-Database -Environment production -Service api
        (Get-DatabaseBackup -Environment production).Path | Should -Be $backup.Path
        (Get-ErrorOf { Get-DatabaseBackup -Environment staging }).FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'
        (Test-DatabaseBackup $backup.Path -Environment production -Service api).Proven | Should -BeTrue
        Set-Content "$project/schema.sql" 'CREATE TABLE api (id integer);'
        Compare-DatabaseSchema schema.sql migrations/api -Environment production -Service api | Should -BeNullOrEmpty
    }
}
