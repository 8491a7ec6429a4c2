BeforeDiscovery {
    . $PSScriptRoot/common.ps1
    $cmdlets = Get-Command -Module Migrations | ForEach-Object { @{ Cmdlet = $_ } }
}
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Help of <Cmdlet>' -ForEach $cmdlets {
    BeforeAll { $help = Get-Help $Cmdlet.Name -Full }

    It 'says what it does and what it writes' {
        $help.Synopsis | Should -Match '\.$'
        $help.description.Text.Length | Should -BeGreaterThan $help.Synopsis.Length
        $help.returnValues.returnValue.type.name | Should -Be $Cmdlet.OutputType.Name
        $taken = $Cmdlet.ParameterSets.Parameters.Where{ $_.ValueFromPipeline }.ParameterType.FullName | Sort-Object -Unique
        @($help.inputTypes.inputType.type.name) | Should -Be @($taken ?? 'None')
        $help | Out-String | Should -Not -BeLike '*-Online*' -Because 'there is no online version'
    }

    It 'explains every parameter' {
        $own = $Cmdlet.Parameters.Values.Where{ $_.Name -notin [System.Management.Automation.Cmdlet]::CommonParameters }
        $help.parameters.parameter.name | Sort-Object | Should -Be ($own.Name | Sort-Object)
        foreach ($parameter in $help.parameters.parameter) { $parameter.description.Text | Should -Match '\S{3}.*\.$' -Because $parameter.name }
    }

    It 'has examples that parse and bind' {
        @($help.examples.example).Count | Should -BeGreaterOrEqual 3
        foreach ($example in $help.examples.example) {
            $problems = $null
            $tree = [System.Management.Automation.Language.Parser]::ParseInput($example.code, [ref] $null, [ref] $problems)
            $problems | Should -BeNullOrEmpty
            $command = $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] -and $args[0].GetCommandName() -in (Get-Command -Module Migrations).Name }, $true)
            $command | Should -Not -BeNullOrEmpty
            foreach ($call in $command) {
                foreach ($parameter in $call.CommandElements.Where{ $_ -is [System.Management.Automation.Language.CommandParameterAst] }.ParameterName) {
                    (Get-Command $call.GetCommandName()).Parameters.Keys | Should -Contain $parameter
                }
            }
            $example.remarks.Text | Should -Not -BeNullOrEmpty
        }
    }
}

Describe 'The examples of <Cmdlet>' -ForEach $cmdlets {
    BeforeAll {
        $place = Join-Path (Get-Item TestDrive:).FullName "examples_$($Cmdlet.Name)"
        $null = New-Item "$place/backups", "$place/more" -ItemType Directory
        Push-Location $place
        # The folder, the databases and the backups that the examples are about.
        $null = New-Item ./migrations -ItemType Directory
        foreach ($name in '001_customers', '002_orders', '003_notes', '004_tags') {
            $table = $name.Substring(4)
            Set-Content "migrations/$name.sql" "CREATE TABLE $table (id integer PRIMARY KEY, name text);"
            Set-Content "migrations/$name.down.sql" "DROP TABLE $table;"
        }
        if ($Cmdlet.Name -eq 'Test-Migration') { Set-Content migrations/004_tags.down.sql 'ALTER TABLE tags RENAME TO labels;' }
        $pending = @{ 'Invoke-Migration' = 1; 'Test-Migration' = 2 }[$Cmdlet.Name]
        if ($Cmdlet.Name -eq 'Import-MigrationHistory') {
            foreach ($file in Get-ChildItem migrations/*.sql -Exclude *.down.sql) { Get-Content $file | & sqlite3 shop.db }
            & sqlite3 shop.db "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY); INSERT INTO schema_migrations VALUES ('001'), ('002'), ('003'), ('004');"
        }
        elseif ($Cmdlet.Name -eq 'Set-MigrationBaseline') {
            foreach ($made in 'shop.db', 'billing.db') { & sqlite3 $made 'CREATE TABLE customers (id integer PRIMARY KEY, name text);' }
        }
        else {
            $null = Invoke-Migration shop.db ./migrations -First ($pending ?? 4)
            if (-not $pending) { $null = Test-Migration shop.db ./migrations -All }
            $null = Backup-Database shop.db ./backups -Prove
            $null = Get-MigrationStatus shop.db ./migrations -ResultPath ./results/1.json
        }
        $null = Invoke-Migration eu.db, us.db, broken.db ./migrations
        Get-DatabaseSchema eu.db -AsSql | Set-Content schema.sql
        if ($Cmdlet.Name -eq 'New-Migration') {
            (Get-Content schema.sql -Raw) -replace '(?s)(CREATE TABLE \W?customers\b.*?)\bname\b', '$1full_name' | Set-Content schema.sql
        }
        if ($Cmdlet.Name -eq 'Compare-DatabaseSchema') { Copy-Item schema.sql migrations/schema.sql }
        if ($Cmdlet.Name -eq 'Repair-MigrationHistory') { Set-Content migrations/002_orders.sql 'CREATE TABLE orders (id integer PRIMARY KEY, name text NOT NULL);' }
        if ($Cmdlet.Name -in 'Initialize-Database', 'Invoke-DatabaseScript') {
            $null = New-Item ./scripts -ItemType Directory
            Set-Content scripts/init-db.sql 'CREATE TABLE users (id integer PRIMARY KEY, name text);'
            Set-Content fix.sql 'UPDATE customers SET name = upper(name);'
            Set-Content migrations/seed.sql "INSERT INTO tags VALUES (1, 'new');"
            if ($Cmdlet.Name -eq 'Invoke-DatabaseScript') { & sqlite3 shop.db 'CREATE TABLE users (id integer PRIMARY KEY, name text);' }
        }
        if ($Cmdlet.Name -eq 'Repair-MigrationHistory') { & sqlite3 shop.db 'DROP TABLE tags;' }
        if ($Cmdlet.Name -eq 'Clear-Database') { Set-Content migrations/seed.sql "INSERT INTO tags VALUES (1, 'new');" }
        if ($Cmdlet.Name -in 'Get-DatabaseBackup', 'Restore-Database', 'Compare-Database') {
            $null = Backup-Database eu.db ./backups -Prove
            $text = '{ "services": { "api": { "path": "migrations" } }, "environments": { "production": { "backup": { "folder": "backups" }, ' +
                '"databases": { "api": "eu.db" } }, "staging": { "backup": { "folder": "backups" }, "databases": { "api": "us.db" } } } }'
            Set-Content migrations.json $text
        }
        if ($Cmdlet.Name -like '*-MigrationConfiguration') { $null = New-Item ./deploy -ItemType Directory }
        if ($Cmdlet.Name -eq 'Get-MigrationConfiguration') {
            $text = '{ "services": { "api": { "path": "migrations" } }, "environments": { "production": { "database": "shop.db" } } }'
            Set-Content migrations.json, deploy/migrations.json $text
        }
        $before = $env:BUILD_ARTIFACTSTAGINGDIRECTORY, $env:DATABASE_URL, $env:MIGRATION_PATH
        $env:BUILD_ARTIFACTSTAGINGDIRECTORY, $env:DATABASE_URL, $env:MIGRATION_PATH = $place, "$place/shop.db", "$place/migrations"
        $url = "$place/shop.db"
    }
    AfterAll {
        $env:BUILD_ARTIFACTSTAGINGDIRECTORY, $env:DATABASE_URL, $env:MIGRATION_PATH = $before
        Pop-Location
    }

    It 'run' {
        # Writes what is still empty of the files that an example has created, as a user does before the next call.
        function Complete-Script {
            foreach ($file in Get-ChildItem migrations/*.sql | Where-Object { -not ((Get-Content $_) -notmatch '^\s*(--|$)') }) {
                # An undo that is still empty is left to what derives one.
                if ($file.Name -like '*.down.sql') { Remove-Item $file }
                else { Add-Content $file "CREATE TABLE $($file.BaseName -replace '^\d+_' -replace '\.up$') (id integer PRIMARY KEY);" }
            }
        }
        $ConfirmPreference = 'None'
        $WarningPreference = 'SilentlyContinue'
        # What needs a server of its own is left out.
        foreach ($code in (Get-Help $Cmdlet.Name -Full).examples.example.code.Where{ $_ -notlike '*db.example*' -and $_ -notlike 'Copy-Database -Source*' }) {
            $code = $code -replace '\./backups/shop_\d+_\d+\.db', (Get-ChildItem ./backups/*.db | Select-Object -First 1).FullName
            # An environment names its databases itself.
            $env:DATABASE_URL = $code -like '*-Environment*' ? $null : "$place/shop.db"
            $said = & { $ErrorActionPreference = 'Continue'; & ([scriptblock]::Create($code)) | Out-String } 2>&1
            $problems = $said.Where{ $_ -is [System.Management.Automation.ErrorRecord] }
            # The undo of 004 does not bring the schema back: to show that is what the examples of Test-Migration are for.
            $problems.Where{ $Cmdlet.Name -ne 'Test-Migration' -or $_.FullyQualifiedErrorId -notlike 'CheckFailed,*' } | Should -BeNullOrEmpty -Because $code
            if ($Cmdlet.Name -eq 'New-Migration') { Complete-Script }
            if ($code -like '*Differences') { "$said" | Should -BeLike '*004_tags*labels*' }
        }
    }
}

Describe 'The help files' {
    It 'are what the source makes' {
        $made = Join-Path (Get-Item TestDrive:).FullName 'help.xml'
        $null = Invoke-Pwsh "& '$repository/tools/Update-Help.ps1' -OutputPath '$made'"
        (Get-Content $made -Raw) -eq (Get-Content "$repository/en-US/Migrations.PowerShell.dll-Help.xml" -Raw) | Should -BeTrue -Because 'tools/Update-Help.ps1 makes the committed file'
    }

    It 'are in plain English' {
        $text = (Get-Content "$repository/en-US/*.xml", "$repository/en-US/*.txt" -Raw) -join "`n" -replace '\s+', ' '
        [regex]::Matches($text, '.{30}\b(told|tells?|mend|put by|is none|so many|anew|nobody|somebody)\b', 'IgnoreCase').Value | Should -BeNullOrEmpty
    }

    It 'have an about topic of at most 80 columns' {
        (Get-Content "$repository/en-US/about_Migrations.help.txt").Where{ $_.Length -gt 80 } | Should -BeNullOrEmpty
        $about = Get-Help about_Migrations | Out-String
        $about | Should -Match 'migration_journal'
        (Get-Command -Module Migrations).Name.Where{ $about -notmatch "(?m)^\s+$_\b" } | Should -BeNullOrEmpty -Because 'the topic names every cmdlet'
    }
}
