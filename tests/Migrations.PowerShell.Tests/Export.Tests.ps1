BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Export-MigrationScript on <Engine>' -ForEach $engines {
    BeforeEach {
        $database, $folder = (New-TestDatabase $Engine), (New-TestFolder 2)
    }

    It 'writes one text to the pipeline, and changes nothing' {
        $script = Export-MigrationScript $database $folder -For Plain -First 1
        $script | Should -BeOfType string
        $script | Should -BeLike '-- Made by Migrations *'
        (Get-MigrationStatus $database $folder).State | Should -Be 'Pending', 'Pending'
    }

    It 'writes a file that the database can run, and a second one that takes it back' {
        $file = Join-Path $TestDrive "$Engine.sql"
        $written = Export-MigrationScript $database $folder -OutputFile $file
        $written | Should -BeOfType Migrations.ExportedScript
        $written.Migrations | Should -HaveCount 2
        $written.File | Should -Be $file
        (Get-ErrorOf { Export-MigrationScript $database $folder -OutputFile $file }).FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'
        Invoke-Migration $database $folder
        (Export-MigrationScript $database $folder -Down -All -OutputFile $file -Force).Direction | Should -Be Down
        (Get-Content -Raw $file) | Should -BeLike '*rolled_back*'
    }

    It 'takes the migrations that come down the pipeline' {
        $script = Get-MigrationStatus $database $folder | Select-Object -First 1 | Export-MigrationScript -For Plain
        $names = (Get-MigrationStatus $database $folder).Name
        $script | Should -BeLike "*$($names[0])*"
        $script | Should -Not -BeLike "*$($names[1])*"
    }

    It 'refuses what the client does not know' {
        (Get-ErrorOf { Export-MigrationScript $database $folder -For Plain -Idempotent }).FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'
    }
}
