BeforeDiscovery {
    . $PSScriptRoot/common.ps1
    $good = @(
        @{ Engine = 'SQLite'; Folder = 'compositions'; Count = 3 }
        @{ Engine = 'SQLite'; Folder = 'decant'; Count = 4 }
        @{ Engine = 'SQLite'; Folder = 'mirubato/api-reordered'; Count = 6 }
        @{ Engine = 'SQLite'; Folder = 'mirubato/scores'; Count = 5 }
        @{ Engine = 'SQLite'; Folder = 'mirubato/dictionary'; Count = 1 }
        @{ Engine = 'SQLite'; Folder = 'mirubato/sync-worker'; Count = 1 }
        @{ Engine = 'PostgreSQL'; Folder = 'muse'; Count = 7 }
    ) | Where-Object { $_.Engine -in $engines.Engine }
    $bad = @(
        @{ Engine = 'SQLite'; Folder = 'mirubato/api'; File = '0002_add_sync_columns.sql'; Words = 'no such table' }
        @{ Engine = 'SQLite'; Folder = 'dashboard-outline'; File = '004_task_title_not_null.sql'; Words = 'near "\)"' }
        @{ Engine = 'PostgreSQL'; Folder = 'muse-outline'; File = '001_init_db.sql'; Words = 'syntax error' }
        @{ Engine = 'PostgreSQL'; Folder = 'muse-not-idempotent'; File = '002_users_again.sql'; Words = 'already exists' }
    ) | Where-Object { $_.Engine -in $engines.Engine }
}
BeforeAll {
    . $PSScriptRoot/common.ps1
    $fixtures = "$repository/tests/fixtures"
}

Describe 'Folders of real systems' {
    It '<Folder> applies, shows, undoes and applies again on <Engine>' -ForEach $good {
        $database = New-TestDatabase $Engine
        (Invoke-Migration $database "$fixtures/$Folder").Count | Should -Be $Count
        (Get-MigrationStatus $database "$fixtures/$Folder").State | Should -Be (@('Applied') * $Count)
        (Undo-Migration $database "$fixtures/$Folder" -AcceptDataLoss -All -Force).Count | Should -Be $Count
        (Invoke-Migration $database "$fixtures/$Folder").Outcome | Should -Be (@('Done') * $Count)
    }

    It '<Folder> stops on <Engine> and says why' -ForEach $bad {
        $caught = Get-ErrorOf { Invoke-Migration (New-TestDatabase $Engine) "$fixtures/$Folder" }
        $caught.FullyQualifiedErrorId | Should -BeLike 'StatementFailed,*'
        $caught.Exception.Location.File | Should -BeLike "*$File"
        $caught.ErrorDetails.Message | Should -Match $Words
        $caught.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'a rebuild that loses a key is rolled back and names it' {
        $database = New-TestDatabase SQLite
        $null = Invoke-Migration $database "$fixtures/decant-with-sessions"
        $caught = Get-ErrorOf { Undo-Migration $database "$fixtures/decant-with-sessions" -AcceptDataLoss }
        $caught.FullyQualifiedErrorId | Should -BeLike 'ForeignKeyBroken,*'
        $caught.ErrorDetails.Message | Should -Match 'sessions'
        $caught.ErrorDetails.Message | Should -Match 'users'
        (Get-MigrationStatus $database "$fixtures/decant-with-sessions").State | Should -Be 'Applied', 'Applied'
    }
}
