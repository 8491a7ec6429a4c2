BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll {
    . $PSScriptRoot/common.ps1
    $project = Join-Path (Get-Item TestDrive:).FullName 'project'
    foreach ($service in 'api', 'scores', 'words') {
        $null = New-Item "$project/migrations/$service" -ItemType Directory -Force
        Set-Content "$project/migrations/$service/001_first.sql" "CREATE TABLE $service (id integer);"
        Set-Content "$project/migrations/$service/001_first.down.sql" "DROP TABLE $service;"
    }
    Set-Content "$project/migrations.json" @'
{
  "defaultEnvironment": "local",
  "services": {
    "scores": { "path": "migrations/scores", "dependsOn": ["api"] },
    "api": { "path": "migrations/api" },
    "words": { "path": "migrations/words" }
  },
  "environments": {
    "local": { "databases": { "api": "api.db", "scores": "scores.db", "words": "words.db" } },
    "production": { "confirm": true, "databases": { "api": "p_api.db", "scores": "p_scores.db", "words": "p_words.db" } },
    "vault": { "database": "${secret:main/shop}" }
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

Describe 'The configuration file' {
    AfterEach { Remove-Item "$project/*.db*" }

    It 'gives all services in the order of dependency' {
        (Invoke-Migration -Service *).Service | Should -Be 'api', 'scores', 'words'
        (Get-MigrationStatus -Service scores, api).State | Should -Be 'Applied', 'Applied'
        (Undo-Migration -Service * -Force -AcceptDataLoss -WarningAction Ignore).Service | Should -Be 'words', 'scores', 'api'
    }

    It 'stops what depends on a failed service, and nothing else' {
        Set-Content "$project/api.db" 'this is no database, but text that is long enough to be taken for one'
        $results = Invoke-Migration -Service * -ErrorAction SilentlyContinue -ErrorVariable problems
        $results.Service | Should -Be 'words'
        $problems[-1].FullyQualifiedErrorId | Should -BeLike 'ServiceSkipped,*'
    }

    It 'is asked about production by its name' -ForEach @(
        @{ Call = { Invoke-Migration -Environment production -Service api } }
        @{ Call = { Undo-Migration -Environment production -Service api } }
        @{ Call = { Repair-MigrationHistory -Environment production -Service api } }
        @{ Call = { Set-MigrationBaseline -Target 1 -Environment production -Service api } }
    ) {
        $problem = Get-ErrorOf $Call
        $problem.FullyQualifiedErrorId | Should -BeLike 'ConfirmationRequired,*'
        "$problem" | Should -Match "in the environment 'production' on api"
        "$project/p_api.db" | Should -Not -Exist
    }

    It 'lets production run with -Force or -Confirm:$false' {
        (Invoke-Migration -Environment production -Service api -Force).Outcome | Should -Be 'Done'
        (Undo-Migration -Environment production -Service api -Confirm:$false -AcceptDataLoss -WarningAction Ignore).Outcome | Should -Be 'Done'
    }

    It 'asks SecretManagement once, and keeps the secret' {
        $problem = Get-ErrorOf { Get-MigrationStatus -Environment vault -Service api }
        $problem.FullyQualifiedErrorId | Should -BeLike 'ConfigurationInvalid,*'
        "$problem" | Should -Match 'migrations.json:11:28.*there is no Get-Secret'
        $global:asked = 0
        function global:Get-Secret { param($Vault, $Name, [switch] $AsPlainText) $global:asked++; "postgres://ann:s3cr3t@127.0.0.1:1/$Vault$Name" }
        try {
            $problem = Get-ErrorOf { Get-MigrationStatus -Environment vault -Service api -Verbose 4> "$TestDrive/verbose" }
            $problem.FullyQualifiedErrorId | Should -BeLike 'ConnectionFailed,*'
            $global:asked | Should -Be 1
            $listed = Get-MigrationConfiguration -Environment vault
            ($listed | Where-Object Name -eq database).Value | Should -Be (, 'postgres://ann@127.0.0.1:1/mainshop' * 3)
            ($problem | Format-List * -Force | Out-String) + (Get-Content "$TestDrive/verbose" -Raw) + ($listed | Out-String) | Should -Not -Match 's3cr3t'
        }
        finally { Remove-Item function:Get-Secret }
    }

    It 'says what is wrong with a call' -ForEach @(
        @{ Call = { Get-MigrationStatus -Environment prodution -Service api }; Words = "Did you mean 'production'" }
        @{ Call = { Get-MigrationStatus -Service score }; Words = "Did you mean 'scores'" }
        @{ Call = { Get-MigrationStatus }; Words = 'No service is named' }
        @{ Call = { $env:DATABASE_URL = 'other.db'; try { Get-MigrationStatus -Service api } finally { $env:DATABASE_URL = $null } }; Words = 'DATABASE_URL names' }
    ) {
        $problem = Get-ErrorOf $Call
        $problem.FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'
        "$problem" | Should -Match $Words
    }

    It 'completes environments and services' {
        (TabExpansion2 'Get-MigrationStatus -Environment ' -cursorColumn 33).CompletionMatches.CompletionText | Should -Be 'local', 'production', 'vault'
        (TabExpansion2 'Get-MigrationStatus -Service sc' -cursorColumn 31).CompletionMatches.CompletionText | Should -Be 'scores'
    }

    It 'is created by New-MigrationConfiguration, and never overwritten' {
        $null = New-Item "$TestDrive/new" -ItemType Directory
        (New-MigrationConfiguration "$TestDrive/new/migrations.json").Name | Should -Be 'migrations.json'
        (Get-MigrationConfiguration -ConfigurationPath "$TestDrive/new/migrations.json" | Where-Object Name -eq environment).Value | Should -Be 'local'
        (Get-ErrorOf { New-MigrationConfiguration "$TestDrive/new/migrations.json" }).FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'
    }

    It 'chooses the folder of New-Migration' {
        (New-Migration 'more words' -Service words -WhatIf 6>&1) | Should -BeNullOrEmpty
        (New-Migration 'more words' -Service words).FullName[0] | Should -BeLike '*words*002_more_words.sql'
        Remove-Item "$project/migrations/words/002*"
    }

    It 'gives scripts their variables, and -Variable wins' {
        Set-Content "$project/variables.json" '{ "variables": { "word": "of the file", "number": 1 }, "schemaFile": "whole.sql" }'
        $null = New-Item "$project/folder" -ItemType Directory
        Set-Content "$project/folder/001_a.sql" "-- Variables: quoted`nCREATE TABLE a (v text);`nINSERT INTO a VALUES ('`${word} `${number} `${key}');"
        $key = ConvertTo-SecureString 's3cr3t' -AsPlainText -Force
        $common = @{ Path = 'folder'; ConfigurationPath = 'variables.json' }
        $shown = Invoke-Migration v.db @common -Variable @{ number = 2; key = $key } -WhatIf 6>&1 | Out-String
        $problem = Get-ErrorOf { Invoke-Migration v.db @common }
        $problem.FullyQualifiedErrorId | Should -BeLike 'FolderInvalid,*'
        "$problem" | Should -Match "001_a.sql:3:42: The variable 'key' is not defined.*-Variable"
        (Invoke-Migration v.db @common -Variable @{ number = 2; key = $key }).Outcome | Should -Be 'Done'
        "$project/whole.sql" | Should -FileContentMatch 'CREATE TABLE a'
        (Test-Migration -All -Database v.db @common -Variable @{ key = 'k' }).Applies | Should -Be $true
        (Test-Migration v2.db @common -Variable @{ key = 'k' } -Checklist -MaxDuration 10m | Where-Object Name -eq duration).Status | Should -Be 'Pass'
        Compare-DatabaseSchema v.db folder -ConfigurationPath variables.json -Variable @{ key = 'k' } | Should -BeNullOrEmpty
        (Get-ErrorOf { Invoke-Migration v.db @common -Variable @{ key = @(1, 2) } }).FullyQualifiedErrorId | Should -BeLike 'VariableInvalid,*'
        (Get-MigrationConfiguration -ConfigurationPath variables.json | Where-Object Name -eq variables.word).Value | Should -Be 'of the file'
        $shown + (Get-Content "$project/whole.sql" -Raw) | Should -Not -Match 's3cr3t'
    }
}

Describe 'A configuration that no one can work with' {
    BeforeAll {
        $blocks = (Get-Content "$repository/tests/fixtures/configuration/invalid.txt" -Raw) -split '(?m)^== ' | Select-Object -Skip 1
        $cases = foreach ($block in $blocks) {
            $head, $text = $block -split "\r?\n", 2
            $place, $words = $head -split ' ', 2
            @{ Place = $place; Words = $words; Text = $text }
        }
        $own = "$TestDrive/invalid"
        $null = New-Item "$own/m" -ItemType Directory
        Set-Content "$own/m/001_t.sql" 'CREATE TABLE t (a integer);'
        $file = "$own/migrations.json"
        Push-Location $own
    }
    AfterAll { Pop-Location }

    It 'is named with its place, each of the table' {
        $cases.Count | Should -BeGreaterThan 25
        foreach ($case in $cases) {
            Set-Content $file $case.Text -NoNewline
            $services = if ($case.Text -match '"services"') { @{ Service = '*' } } else { @{} }
            $problem = Get-ErrorOf { Get-MigrationStatus -Environment e @services }
            $problem.FullyQualifiedErrorId | Should -BeLike 'ConfigurationInvalid,*' -Because $case.Text
            "$problem" | Should -BeLike "*$([WildcardPattern]::Escape("migrations.json:$($case.Place): "))*" -Because $case.Text
            "$problem" | Should -BeLike "*$([WildcardPattern]::Escape($case.Words))*" -Because $case.Text
            $problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty -Because $case.Text
            ($problem | Format-List * -Force | Out-String) | Should -Not -Match 'hunter2' -Because $case.Text
        }
    }

    It 'is traced to its place: <Id>' -ForEach @(
        @{ Id = 'FolderMissing'; Place = '1:11'; Call = { Get-MigrationStatus -Environment e }
            Text = '{ "path": "nowhere", "environments": { "e": { "database": "x.db" } } }' }
        @{ Id = 'DatabaseFolderMissing'; Place = '1:53'; Call = { Invoke-Migration -Environment e }
            Text = '{ "path": "m", "environments": { "e": { "database": "no/x.db" } } }' }
        @{ Id = 'BackupFolderInvalid'; Place = '1:25'; Call = { Backup-Database -Environment e }
            Text = '{ "backup": { "folder": "no" }, "path": "m", "environments": { "e": { "database": "x.db" } } }' }
        @{ Id = 'ConnectionFailed'; Place = '1:53'; Call = { Get-MigrationStatus -Environment e }
            Text = '{ "path": "m", "environments": { "e": { "database": "postgres://ann:hunter2@127.0.0.1:1/x" } } }' }
    ) {
        Set-Content $file $Text -NoNewline
        Set-Content "$own/x.db" $null
        $problem = Get-ErrorOf $Call
        $problem.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        "$problem" | Should -Match "Configured at: .*migrations.json:$Place"
    }

    It 'is used only when it is named, where others can change it' -Skip:$IsWindows {
        Set-Content $file '{ "path": "m", "environments": { "e": { "database": "x.db" } } }' -NoNewline
        chmod o+w $file
        "$(Get-ErrorOf { Get-MigrationStatus -Environment e })" | Should -Match 'migrations.json'
        (Get-MigrationStatus -Environment e -ConfigurationPath $file).State | Should -Be 'Pending'
    }
}

Describe 'A secret of the form <Form>' -ForEach @(
    @{ Form = 'environment'; Text = '${MIGRATIONS_TEST_SECRET}' }
    @{ Form = 'default'; Text = '${MIGRATIONS_TEST_UNSET:-SECRET}' }
    @{ Form = 'file'; Text = '${file:secret}' }
    @{ Form = 'vault'; Text = '${secret:main/shop}' }
) {
    It 'is in no stream of a call: <Name>' -ForEach @(
        @{ Name = 'that does not reach the server' }
        @{ Name = 'that works'; Works = $true }
    ) {
        if ($Works -and -not $postgreSql) {
            Set-ItResult -Skipped -Because 'there is no PostgreSQL'
            return
        }
        $address = if ($Works) { New-TestDatabase PostgreSQL } else { 'postgres://ann:hunter2hunter2@127.0.0.1:1/shop' }
        $secret = ([uri] $address).UserInfo.Split(':', 2)[1]
        $own = "$TestDrive/secrets_$([guid]::NewGuid().ToString('N'))"
        $null = New-Item "$own/m", "$own/b" -ItemType Directory
        Set-Content "$own/m/001_t.sql" 'CREATE TABLE t (a integer);'
        Set-Content "$own/secret" $address
        $value = $Text.Replace('SECRET}', "$(if ($Text -like '*UNSET*') { $address } else { 'SECRET' })}")
        Set-Content "$own/migrations.json" "{ `"path`": `"m`", `"backup`": { `"folder`": `"b`" }, `"environments`": { `"e`": { `"database`": `"$value`" } } }"
        $env:MIGRATIONS_TEST_SECRET = $address
        # In a PowerShell of its own, whose streams can all be read, that of the progress too.
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript({
                    param($Manifest, $Folder, $Address)
                    $ErrorActionPreference, $VerbosePreference, $DebugPreference = 'Continue', 'Continue', 'Continue'
                    Import-Module $Manifest -Verbose:$false -Debug:$false
                    function global:Get-Secret { $Address }
                    Set-Location $Folder
                    Get-MigrationConfiguration -Environment e
                    Invoke-Migration -Environment e
                    Get-MigrationStatus -Environment e -Summary
                    Backup-Database -Environment e
                    Test-SchemaIntegrity -Environment e -Category drift
                    Invoke-Migration -Environment e -WhatIf
                    Invoke-DatabaseScript -Environment e -Command 'SELECT nothing'
                }).AddArgument($manifest).AddArgument($own).AddArgument($address)
            $output = $shell.Invoke()
            $all = @($output) + @($shell.Streams.Error) + @($shell.Streams.Verbose) + @($shell.Streams.Debug) + @($shell.Streams.Warning) +
                @($shell.Streams.Information) + @($shell.Streams.Progress)
            $shown = ($all | Format-List * -Force | Out-String -Width 1000) + ($all | Out-String -Width 1000) + ($output | ConvertTo-Json -Depth 4 -WarningAction Ignore)
            $shown | Should -Match '127.0.0.1|localhost'
            $shell.Streams.Verbose.Count | Should -BeGreaterThan 0
            ($shell.Streams.Error.Count -gt 1) | Should -Be (-not $Works)
            $shown.Contains($secret) | Should -BeFalse
        }
        finally {
            $shell.Dispose()
            $env:MIGRATIONS_TEST_SECRET = $null
        }
    }
}
