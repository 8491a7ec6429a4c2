BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'The sample of a knowledge base' {
    It 'is rehearsed, applied, profiled, rolled back in order and fails as it should' {
        $database = New-TestDatabase SQLite
        $folder = New-TestFolder 0
        Copy-Item "$repository/samples/knowledge-base/migrations/*" $folder -Recurse
        function Nodes { (Invoke-DatabaseScript $database -Command 'SELECT * FROM nodes ORDER BY id' | ConvertTo-Json) }
        function Log { (Invoke-DatabaseScript $database -Command 'SELECT point, migration FROM deployment_log ORDER BY id').ForEach{ "$($_.point) $($_.migration)".Trim() } }

        # Before anything is there: from an empty database, hooks and code too.
        $rehearsed = Test-Migration $database $folder -All -RunCode 3>$null
        $rehearsed.Applies | Should -Not -Contain $false
        $rehearsed[0].Hooks.Count | Should -Be 4

        $null = Invoke-Migration $database $folder -First 2
        $null = Invoke-DatabaseScript $database -Command @'
INSERT INTO nodes (id, title, url, author, is_deleted) VALUES ('a', 'Notes', 'https://www.example.com/x', 'Ada Lovelace', 0), ('b', 'B', 'nonsense', NULL, 1);
INSERT INTO nodes (id, title, url, source_domain) VALUES ('c', 'C', 'https://x.org', 'kept.org');
'@
        $before = Nodes
        $proven = Test-Migration $database $folder -RunCode -WithData 3>$null
        $proven.UndoProven | Should -Be $true, $true
        Nodes | Should -Be $before

        # The data transformation, between two in SQL; what it says, and what the hooks say.
        $said = Invoke-Migration $database $folder -Verbose 4>&1 3>&1
        "$said" | Should -BeLike '*b has no domain in its address.*2 nodes looked at*2 migrations in * ms: 003_node_domains, 004_node_status*'
        (Invoke-DatabaseScript $database -Command 'SELECT id, source_domain, status FROM nodes ORDER BY id').ForEach{ "$($_.id) $($_.source_domain) $($_.status)" } |
            Should -Be 'a example.com active', 'b  archived', 'c kept.org active'
        (Invoke-DatabaseScript $database -Command "SELECT title FROM nodes_fts WHERE nodes_fts MATCH 'lovelace'").title | Should -Be 'Notes'
        Invoke-Migration $database $folder | Should -BeNullOrEmpty

        # How long each took.
        $profiles = Get-MigrationHistory $database -Profile
        $profiles.Name | Sort-Object | Should -Be '001_initial_schema', '002_add_indexes', '003_node_domains', '004_node_status'
        ($profiles.Share | Measure-Object -Sum).Sum | Should -BeGreaterThan 0.99

        # Only in reverse order; each undo brings the rows back as they were.
        $refused = Get-ErrorOf { Undo-Migration $database $folder -Name 002_add_indexes -AcceptDataLoss }
        "$refused" | Should -BeLike '*004_node_status, 003_node_domains*'
        (Undo-Migration $database $folder -To 002 -AcceptDataLoss -Force).Name | Should -Be '004_node_status', '003_node_domains'
        Nodes | Should -Be $before
        (Log)[-8..-1] | Should -Be @(
            foreach ($name in '004_node_status', '003_node_domains') { 'before-each', 'before-undo', 'after-undo', 'after-each' | ForEach-Object { "$_ $name" } }
        )

        # A dependency that is not there, and a run that fails.
        Set-Content "$folder/005_bad.sql" 'SELECT * FROM nowhere;'
        $failed = { Invoke-Migration $database $folder -WarningVariable warned -WarningAction SilentlyContinue; } | Should -Throw -PassThru
        $failed.FullyQualifiedErrorId | Should -BeLike 'StatementFailed,*'
        (Get-MigrationStatus $database $folder).State | Should -Be 'Applied', 'Applied', 'Applied', 'Applied', 'Failed'
        (Get-MigrationHistory $database | Where-Object Name -EQ hooks/on-error.ps1).Success | Should -BeTrue
        Remove-Item "$folder/003_node_domains.ps1", "$folder/005_bad.sql"
        (Get-ErrorOf { Invoke-Migration (New-TestDatabase SQLite) $folder }).FullyQualifiedErrorId | Should -BeLike 'MigrationUnknown,*'

        # Everything, and once more from the start.
        Copy-Item "$repository/samples/knowledge-base/migrations/003_node_domains.ps1" $folder
        (Undo-Migration $database $folder -All -AcceptDataLoss -Force).Count | Should -Be 4
        (Invoke-Migration $database $folder 3>$null).Count | Should -Be 4
    }

    It 'is listed by the command, which leaves running it to the module' {
        $folder = "$repository/samples/knowledge-base/migrations"
        $database = New-TestDatabase SQLite
        $null = Invoke-Migration $database $folder -First 2
        $command = "$repository/src/Migrations.Cli/bin/Debug/net8.0/migrations.dll"
        $listing = dotnet exec --roll-forward Major $command status --database $database --path $folder | Out-String
        $listing | Should -Match '(?s)\[x\] 001_initial_schema +\(applied: .*\[x\] 002_add_indexes +\(applied: .*\[ \] 003_node_domains'
        $listing | Should -Match 'Total: 4 \| Applied: 2 \| Pending: 2'
        $refused = dotnet exec --roll-forward Major $command up --database $database --path $folder 2>&1 | Out-String
        $refused | Should -BeLike '*error CodeNeedsModule: 003_node_domains is written in PowerShell*'
    }
}
