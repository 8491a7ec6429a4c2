BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll {
    . $PSScriptRoot/common.ps1
    function Invoke-Nightly([string[]] $More) {
        $output = & pwsh -NoProfile -NonInteractive -File "$repository/docs/examples/nightly.ps1" -Module $manifest @More *>&1
        [pscustomobject]@{ ExitCode = $LASTEXITCODE; Text = $output | Out-String }
    }
}

Describe 'docs/examples/nightly.ps1 on <Engine>' -ForEach $engines {
    BeforeEach {
        $env:DATABASE_URL = New-TestDatabase $Engine
        $backups = New-Item (Join-Path (Get-Item TestDrive:).FullName "backups_$([guid]::NewGuid().ToString('N').Substring(0, 8))") -ItemType Directory
        $null = Invoke-Migration -Path (New-TestFolder 2)
    }
    AfterEach { $env:DATABASE_URL = $null }

    It 'exits with 0 after a good night' {
        foreach ($night in 1, 2) {
            $run = Invoke-Nightly '-Destination', $backups
            $run.ExitCode | Should -Be 0 -Because $run.Text
        }
        $run.Text | Should -BeLike '*PROVEN *version 002*KEPT *REMOVED *kept by no rule*'
        (Get-DatabaseBackup $backups).Proven | Should -Be @($true)
    }

    It 'exits with 1 when the database is not there' {
        $env:DATABASE_URL = "$($env:DATABASE_URL)x"
        $run = Invoke-Nightly '-Destination', $backups
        $run.ExitCode | Should -Be 1
        $run.Text | Should -BeLike '*FAILED  DatabaseMissing*NEXT*'
    }

    It 'exits with 1 when the folder is not there' {
        $run = Invoke-Nightly '-Destination', "$backups/not-mounted"
        $run.ExitCode | Should -Be 1
        $run.Text | Should -BeLike '*FAILED  BackupFolderInvalid*NEXT*'
    }

    It 'exits with 1 when a parameter is wrong' {
        (Invoke-Nightly '-Destination', $backups, '-KeepDaily', 0).ExitCode | Should -Be 1
        (Invoke-Nightly).ExitCode | Should -Be 1
    }
}

Describe 'docs/examples/nightly.ps1' {
    It 'exits with 4, and removes nothing, when the backup is not proven' {
        $env:DATABASE_URL = $database = New-TestDatabase SQLite
        $backups = New-Item (Join-Path (Get-Item TestDrive:).FullName 'unproven') -ItemType Directory
        $folder = New-TestFolder 1 @{ 1 = 'CREATE TABLE k (p integer, q integer); CREATE INDEX i ON k (p); INSERT INTO k VALUES (1, 2);' }
        $null = Invoke-Migration -Path $folder
        $old = 1..2 | ForEach-Object { Backup-Database -Destination $backups }
        # The index holds the values of another column: it is damaged.
        $null = & sqlite3 $database "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql='CREATE INDEX i ON k (q)' WHERE name='i';"
        $run = Invoke-Nightly '-Destination', $backups
        $env:DATABASE_URL = $null
        $run.ExitCode | Should -Be 4 -Because $run.Text
        $run.Text | Should -BeLike '*FAILED  BackupUnproven*'
        $old.Path | Should -Exist
    }
}
