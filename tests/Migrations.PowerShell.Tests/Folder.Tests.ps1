BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'A folder that is not as it should be, on <Engine>' -ForEach $engines {
    BeforeEach {
        $database = New-TestDatabase $Engine
        $folder = New-TestFolder 1
    }

    It 'stops <Name> before anything runs' -ForEach @(
        @{ Name = '002_b.sql'; Text = "CREATE TABLE b (id integer);`n/* DOWN */`nDROP TABLE b;"; Problem = '*002_b.sql:2*looks like the beginning of a down section*' }
        @{ Name = '002_b_undo.sql'; Text = 'DROP TABLE t1;'; Problem = '*002_b_undo.up.sql*' }
        @{ Name = '002_b.ddl'; Text = 'SELECT 1;'; Problem = "*Rename it to '002_b.sql'*" }
    ) {
        Set-Content "$folder/$Name" $Text
        $problem = Get-ErrorOf { Invoke-Migration $database $folder }
        $problem.FullyQualifiedErrorId.Split(',')[0] | Should -Be FolderInvalid
        "$problem" | Should -BeLike $Problem
        Remove-Item "$folder/$Name"
        (Invoke-Migration $database $folder).Name | Should -Be '001_t1'
    }

    It 'is refused when it is empty, unless that is meant' {
        Get-ChildItem $folder | Remove-Item
        $problem = Get-ErrorOf { Invoke-Migration $database $folder }
        $problem.FullyQualifiedErrorId.Split(',')[0] | Should -Be FolderEmpty
        $problem.ErrorDetails.RecommendedAction | Should -BeLike '*-AllowEmpty*'
        Invoke-Migration $database $folder -AllowEmpty | Should -BeNullOrEmpty
    }
}

Describe 'New-Migration' {
    It 'writes no undo that wrangler would run' {
        $folder = New-TestFolder 0
        Set-Content "$folder/wrangler.toml" '[[d1_databases]]'
        (New-Migration 'add tags' -Path "$folder/migrations").Name | Should -Be '0001_add_tags.sql', '0001_rollback.sql'
        "$folder/migrations/rollback/0001_rollback.sql" | Should -Exist
    }
}
