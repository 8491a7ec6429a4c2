BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll {
    . $PSScriptRoot/common.ps1

    $services = 'accounts', 'library', 'glossary', 'live-sessions'
    $production = @{ Environment = 'production'; Service = '*' }
    $staging = @{ Environment = 'staging'; Service = '*' }

    function Get-VariableOf([string] $Service) { $Service.Replace('-', '_').ToUpperInvariant() + '_DATABASE_URL' }

    # The same scripts in the SQL of a server: what is SQLite's own stands at their ends.
    function ConvertTo-PostgreSql([string] $Sql) {
        $Sql = $Sql.Replace('unixepoch()', 'extract(epoch FROM now())::integer').Replace("DROP TRIGGER words_added;`nDROP TABLE words_search;`n", '')
        $Sql -replace '(?s)CREATE VIRTUAL TABLE.*' -replace '(?s)CREATE TRIGGER.*'
    }

    # Every stream of a call as one text; its objects are its output.
    function Get-Shown([object[]] $Streams) { $Streams | ForEach-Object { $_ | Format-List * -Force } | Out-String -Width 400 }
}

Describe 'A day with four services in three environments on <Engine>' -ForEach $engines {
    BeforeAll {
        $project = Join-Path (Get-Item TestDrive:).FullName "music_$Engine"
        Copy-Item "$repository/samples/music-services" $project -Recurse
        foreach ($folder in 'staging', 'production', 'backups') { $null = New-Item "$project/$folder" -ItemType Directory }
        $names = [Collections.Generic.List[string]]::new()
        $text = Get-Content "$project/migrations.json" -Raw
        foreach ($service in $services) {
            $variable = Get-VariableOf $service
            $places = if ($Engine -eq 'SQLite') { @{ $variable = "production/$service.db" } }
            else { @{ $variable = New-TestDatabase $Engine; "STAGING_$variable" = New-TestDatabase $Engine; "LOCAL_$variable" = New-TestDatabase $Engine } }
            foreach ($place in $places.GetEnumerator()) {
                Set-Item "env:$($place.Key)" $place.Value
                $names.Add($place.Key)
            }
            if ($Engine -eq 'PostgreSQL') {
                $text = $text.Replace("`"$service.db`"", "`"`${LOCAL_$variable}`"").Replace("`"`${STAGING_FOLDER:-staging}/$service.db`"", "`"`${STAGING_$variable}`"")
            }
        }
        Set-Content "$project/migrations.json" $text
        if ($Engine -eq 'PostgreSQL') {
            foreach ($file in Get-ChildItem "$project/migrations" -Recurse -Filter *.sql) { Set-Content $file (ConvertTo-PostgreSql (Get-Content $file -Raw)) }
        }
        $before = $env:DATABASE_URL
        $env:DATABASE_URL = $null
        Push-Location $project
    }
    AfterAll {
        Pop-Location
        $env:DATABASE_URL = $before
        foreach ($name in $names) { Remove-Item "env:$name" }
    }

    It 'creates, applies, stages, releases, clones and watches' {
        # The next number, and the rollback in its folder.
        $created = New-Migration 'add avatars' -Service accounts
        $created.Name | Should -Be '0003_add_avatars.sql', '0003_rollback.sql'
        Add-Content $created[0] 'ALTER TABLE members ADD COLUMN avatar TEXT;'
        Set-Content $created[1] 'ALTER TABLE members DROP COLUMN avatar;'

        # Locally, in the order of dependency; then staged.
        ((Invoke-Migration -Service *).Service | Get-Unique) | Should -Be 'accounts', 'library', 'glossary', 'live-sessions'
        (Undo-Migration -All -Service accounts -Force -AcceptDataLoss -WarningAction Ignore) | Should -HaveCount 3
        (Invoke-Migration -Service accounts) | Should -HaveCount 3
        $null = Initialize-Database -Create -Stamp staging @staging

        # Production asks first.
        $asked = Get-ErrorOf { Invoke-Migration @production }
        $asked.FullyQualifiedErrorId | Should -BeLike 'ConfirmationRequired,*'
        "$asked" | Should -Match "in the environment 'production' on accounts"
        $null = Initialize-Database -Create -Stamp production -Force @production
        $null = Invoke-DatabaseScript -Command "INSERT INTO members (id, email) VALUES ('m1', 'ada@example.com')" -Environment production -Service accounts -Force

        # Production is cloned to staging in one call, which stays staging.
        (Backup-Database -Prove @production).Proven | Should -Be $true, $true, $true, $true
        $null = Restore-Database -Latest -SourceEnvironment production -Force @staging
        (Invoke-DatabaseScript -Command 'SELECT email FROM members' -Environment staging -Service accounts).email | Should -Be 'ada@example.com'
        (Get-MigrationStatus -Summary @staging).Stamp | Should -Be (, 'staging' * 4)
        (Get-MigrationStatus -Summary @production).Stamp | Should -Be (, 'production' * 4)
        (Compare-Database -SourceEnvironment production -ExcludeTable 'migration_*' @staging).Equal | Should -Not -Contain $false

        # Health, and what each migration cost.
        Test-SchemaIntegrity @staging | Where-Object Status -eq Fail | Should -BeNullOrEmpty
        (Get-MigrationHistory -Profile -Environment production -Service glossary).Name | Should -Be '0001_words'
    }

    It 'takes nothing away from production under another name' {
        $refused = Get-ErrorOf { Undo-Migration -Database ([Environment]::GetEnvironmentVariable('ACCOUNTS_DATABASE_URL')) -Path migrations/accounts -Force }
        $refused.FullyQualifiedErrorId | Should -BeLike 'StampDiffers,*'
    }

    It 'shows no secret in any stream' -Skip:($Engine -eq 'SQLite') {
        $secret = ([uri] $env:ACCOUNTS_DATABASE_URL).UserInfo.Split(':', 2)[1]
        $secret | Should -Not -BeNullOrEmpty
        $env:ACCOUNTS_DATABASE_URL = $env:ACCOUNTS_DATABASE_URL.Replace(":$secret@", ':hunter2@')
        $shown = foreach ($call in
            { Get-MigrationConfiguration -Environment production },
            { Get-MigrationStatus @production -Verbose -Debug -ErrorAction Continue },
            { Backup-Database @production -Verbose -Debug -ErrorAction Continue },
            { Invoke-Migration @production -Force -Verbose -Debug -ErrorAction Continue },
            { Get-MigrationStatus -Environment production -Service accounts | ConvertTo-Json -Depth 5 }) {
            # The password is wrong: where the server asks for it, a call about one database ends with its error.
            Get-Shown $(try { & $call *>&1 } catch { $_ })
        }
        "$shown" | Should -Match 'accounts'
        "$shown" | Should -Not -Match 'hunter2'
    }
}
