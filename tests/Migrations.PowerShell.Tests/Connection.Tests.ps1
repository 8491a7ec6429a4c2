BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll {
    . $PSScriptRoot/common.ps1
    $folder = New-TestFolder 2
    $names = 'DATABASE_URL', 'DATABASE_URL_FILE', 'PGHOST', 'PGPORT', 'PGUSER', 'PGPASSWORD', 'PGDATABASE'
    $before = @{}
    foreach ($name in $names) { $before[$name] = [Environment]::GetEnvironmentVariable($name) }
}

Describe 'Which database' {
    BeforeAll {
        $database = New-TestDatabase SQLite
        $file = "$TestDrive/secret.txt"
        Set-Content $file "sqlite:$database"
    }

    AfterEach { foreach ($name in $names) { [Environment]::SetEnvironmentVariable($name, $before[$name]) } }

    It 'is said by a file' {
        Invoke-Migration -DatabaseFile $file -Path $folder | Should -HaveCount 2
        $env:DATABASE_URL = $null
        $env:DATABASE_URL_FILE = (Get-Item $file).FullName
        (Get-MigrationStatus -Path $folder).State | Should -Be 'Applied', 'Applied'
    }

    It 'is not said in two ways' {
        (Get-ErrorOf { Get-MigrationStatus -Database $database -DatabaseFile $file -Path $folder }).FullyQualifiedErrorId |
            Should -BeLike 'UsageInvalid,*'
    }

    It 'is not repeated from a file of another form' {
        Set-Content "$TestDrive/two.txt" 'postgres://ann:s3cr3t@h/a', 'postgres://ann:s3cr3t@h/b'
        $problem = Get-ErrorOf { Get-MigrationStatus -DatabaseFile "$TestDrive/two.txt" -Path $folder }
        $problem.FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'
        $problem | Out-String | Should -Not -Match 's3cr3t'
    }

    It 'is said by the variables of libpq' -Skip:(-not $postgreSql) {
        $uri = [uri] (New-TestDatabase PostgreSQL)
        $env:DATABASE_URL = $env:DATABASE_URL_FILE = $null
        $user, $password = $uri.UserInfo.Split(':', 2).ForEach{ [uri]::UnescapeDataString($_) }
        $env:PGHOST, $env:PGPORT, $env:PGUSER, $env:PGPASSWORD, $env:PGDATABASE = $uri.Host, $uri.Port, $user, $password, $uri.AbsolutePath.Trim('/')
        Invoke-Migration -Path $folder | Should -HaveCount 2
    }
}

Describe 'A server that cannot be reached' {
    It 'is waited for as long as asked, with one warning' {
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $warnings = & { try { Get-MigrationStatus postgres://ann@127.0.0.1:1/db $folder -Wait 2s } catch { $script:problem = $_ } } 3>&1
        $script:problem.FullyQualifiedErrorId | Should -BeLike 'ConnectionFailed,*'
        $watch.Elapsed.TotalSeconds | Should -BeGreaterOrEqual 2
        $warnings | Should -HaveCount 1
        "$warnings" | Should -BeLike 'Waiting for postgres://ann@127.0.0.1:1/db: *'
    }

    It 'and never answers is given up after -ConnectTimeout' {
        $silent = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $silent.Start()
        try {
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $problem = Get-ErrorOf { Get-MigrationStatus "postgres://ann@127.0.0.1:$($silent.LocalEndpoint.Port)/db" $folder -ConnectTimeout 1s }
            $problem.FullyQualifiedErrorId | Should -BeLike 'ConnectionFailed,*'
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 12
        }
        finally { $silent.Stop() }
    }
}
