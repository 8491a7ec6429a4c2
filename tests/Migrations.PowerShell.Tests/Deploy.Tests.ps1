BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'docs/examples/deploy.ps1 on <Engine>' -ForEach $engines {
    BeforeEach {
        $env:DATABASE_URL = New-TestDatabase $Engine
        $folder = New-TestFolder 2
        function Deploy([string[]] $More) {
            $output = & pwsh -NoProfile -NonInteractive -File "$repository/docs/examples/deploy.ps1" -Path $folder -Module $manifest @More *>&1
            [pscustomobject]@{ ExitCode = $LASTEXITCODE; Text = $output | Out-String }
        }
    }
    AfterEach { $env:DATABASE_URL = $null }

    It 'exits with 0 after a deployment' {
        $run = Deploy
        $run.ExitCode | Should -Be 0 -Because $run.Text
        $run.Text | Should -BeLike '*2 applied, 0 pending*'
    }

    It 'exits with 1 when a migration fails' {
        Set-Content "$folder/002_t2.sql" 'nonsense;'
        $run = Deploy
        $run.ExitCode | Should -Be 1
        $run.Text | Should -BeLike '*FAILED  StatementFailed*NEXT*'
    }

    It 'exits with 4 when a check fails, also when nothing is pending any more' {
        $null = New-Item -ItemType Directory "$folder/checks"
        Set-Content "$folder/checks/never.sql" "-- check: never`n-- expect: rows 0`nSELECT 1;"
        $run = Deploy
        $run.ExitCode | Should -Be 4 -Because $run.Text
        (Get-MigrationStatus -Path $folder -Summary).Pending | Should -Be 0
        $again = Deploy
        $again.ExitCode | Should -Be 4 -Because $again.Text
        $again.Text | Should -BeLike '*FAILED  CheckFailed*Nothing was pending*never*'
    }

    It 'exits with 3 when work is pending' {
        $null = Invoke-Migration -Path $folder -First 1
        (Deploy '-CheckOnly').ExitCode | Should -Be 3
        (Get-MigrationStatus -Path $folder -Summary).Pending | Should -Be 1
    }
}
