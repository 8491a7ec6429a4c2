BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Code in a backup that cannot be seen into' -Skip:(-not $postgreSql) {
    It 'runs only with -AcceptUnseenCode' {
        $env:DATABASE_URL = $database = New-TestDatabase PostgreSQL
        try {
            $folder = New-TestFolder 1
            Set-Content "$folder/002_hidden.up.sql" @'
CREATE FUNCTION hidden(a int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ DECLARE r int; BEGIN EXECUTE lower('SELECT ') || a INTO r; RETURN r; END $$;
CREATE TABLE k (x int CHECK (hidden(x) > 0));
'@
            $null = Invoke-Migration $database $folder
            $backups = New-Item (Join-Path (Get-Item TestDrive:).FullName unseen) -ItemType Directory
            $backup = Backup-Database $database $backups -WarningVariable warnings -WarningAction SilentlyContinue
            "$warnings" | Should -Match 'TABLE k.*AcceptUnseenCode|AcceptUnseenCode.*TABLE k'
            (Test-DatabaseBackup $backup.Path).Proven | Should -BeFalse
            $problem = Get-ErrorOf { Restore-Database $database $backup.Path -Force }
            $problem.FullyQualifiedErrorId | Should -BeLike 'UnseenCode,*'
            $problem.ErrorDetails.RecommendedAction + $problem | Should -Match 'AcceptUnseenCode'
            (Test-DatabaseBackup $backup.Path -AcceptUnseenCode).Proven | Should -BeTrue
            (Restore-Database $database $backup.Path -Force -AcceptUnseenCode).Kept | Should -Not -BeNullOrEmpty
            (Backup-Database $database $backups -Prove -AcceptUnseenCode -WarningAction SilentlyContinue).Proven | Should -BeTrue
        }
        finally { $env:DATABASE_URL = $null }
    }
}

Describe 'Backups on <Engine>' -ForEach $engines {
    BeforeEach {
        $database = New-TestDatabase $Engine
        $folder = New-TestFolder 3
        $backups = New-Item (Join-Path (Get-Item TestDrive:).FullName "backups_$([guid]::NewGuid().ToString('N').Substring(0, 8))") -ItemType Directory
        $null = Invoke-Migration $database $folder
        # Scratch databases are made on the server of DATABASE_URL.
        $env:DATABASE_URL = $database
    }
    AfterEach { $env:DATABASE_URL = $null }

    It 'are restored without what the server cannot make, which is listed, with -AcceptFaults' {
        $backup = Backup-Database $database $backups -Format Sql
        $text = Get-Content $backup.Path -Raw
        $end = $text.Contains('COMMIT;') ? 'COMMIT;' : '-- PostgreSQL database dump complete'
        Set-Content $backup.Path $text.Replace($end, "CREATE INDEX i ON b (of_a_program(id));`n$end") -NoNewline
        Remove-Item "$($backup.Path).manifest.json"
        $problem = Get-ErrorOf { Restore-Database $database $backup.Path -Force -WarningAction SilentlyContinue }
        $problem.FullyQualifiedErrorId | Should -BeLike 'BackupInvalid,*'
        $problem.ErrorDetails.RecommendedAction | Should -Match '-AcceptFaults'
        $restored = Restore-Database $database $backup.Path -Force -AcceptFaults -WarningVariable warnings -WarningAction SilentlyContinue
        $restored.LeftOut | Should -BeLike 'INDEX i ON b (*'
        "$warnings" | Should -BeLike '*without what the server could not make: INDEX i ON b (*'
        $restored | Out-String | Should -Match 'left out INDEX i'
    }

    It 'go the whole circle' {
        $backup = Backup-Database $database $backups -Prove -Full
        $backup | Should -BeOfType ([Migrations.Backup.DatabaseBackup])
        $backup.Proven | Should -BeTrue
        $backup.MigrationVersion | Should -Be '003'
        (Get-DatabaseBackup $backups).Path | Should -Be $backup.Path

        $null = Undo-Migration $database $folder -AcceptDataLoss -All -Force
        $restored = Restore-Database $database $backup.Path -Force
        $restored.MigrationVersion | Should -Be '003'
        $restored.Kept | Should -Not -BeNullOrEmpty
        (Get-MigrationStatus $database $folder).State | Should -Be 'Applied', 'Applied', 'Applied'
    }

    It 'lists what restores kept last, and removes it by a rule of its own' {
        $backup = Backup-Database $database $backups
        1..2 | ForEach-Object { $null = Restore-Database $database $backup.Path -Force }
        $all = Get-DatabaseBackup $backups -Database $database
        $all.Kept | Should -Be $null, 'before_restore', 'before_restore'
        $all[0].Path | Should -Be $backup.Path
        $all[1].IsDatabase | Should -Be ($Engine -eq 'PostgreSQL')
        $all[1].MigrationVersion | Should -Be '003'
        if ($all[1].IsDatabase) {
            Get-DatabaseBackup $backups | Should -HaveCount 1
            { $all[1] | Test-DatabaseBackup -ErrorAction Stop } | Should -Throw -ErrorId UsageInvalid* -ExpectedMessage '*no backup that could be proven*'
            { $all[1] | Restore-Database -Force -ErrorAction Stop } | Should -Throw -ErrorId UsageInvalid* -ExpectedMessage '*no backup that could be proven*'
            $all | Format-Table | Out-String -Width 400 | Should -Match "$([regex]::Escape($all[1].Path))"
        }
        $all | Remove-DatabaseBackup -KeepLast 1 -Force | Where-Object -Not Keep | Should -BeNullOrEmpty
        ($all | Remove-DatabaseBackup -KeepStates 1 -WhatIf | Where-Object -Not Keep).Backup.Path | Should -Be $all[2].Path
        Get-DatabaseBackup $backups -Database $database | Should -HaveCount 3
        (Remove-DatabaseBackup $backups -Database $database -KeepStates 1 -Force | Where-Object -Not Keep).Backup.Path | Should -Be $all[2].Path
        (Get-DatabaseBackup $backups -Database $database).Path | Should -Be $all[0, 1].Path
    }

    It 'counts the backups of each machine separately, unless any host is one' {
        $theirs = Backup-Database $database $backups
        $manifest = "$($theirs.Path).manifest.json"
        (Get-Content $manifest -Raw).Replace("`"$([Environment]::MachineName)`"", '"another.example"') | Set-Content $manifest
        Restore-Database $database -Latest -From $backups -WhatIf -WarningVariable warned -WarningAction SilentlyContinue
        $warned | Should -Match "another machine: 'another.example'"
        $own = Backup-Database $database $backups
        Remove-DatabaseBackup $backups -KeepLast 1 -WhatIf | Where-Object -Not Keep | Should -BeNullOrEmpty
        (Remove-DatabaseBackup $backups -KeepLast 1 -AnyHost -Force | Where-Object -Not Keep).Backup.Path | Should -Be $theirs.Path
        (Get-DatabaseBackup $backups).Path | Should -Be $own.Path
    }

    It 'are proven down the pipeline' {
        $null = Backup-Database $database $backups
        $null = Backup-Database $database $backups
        $proofs = Get-DatabaseBackup $backups | Test-DatabaseBackup
        $proofs | Should -HaveCount 2
        $proofs[0] | Should -BeOfType ([Migrations.Backup.BackupVerification])
        ($proofs | Where-Object Proven) | Should -HaveCount 2 -Because ($proofs.Checks | Where-Object Status -ne Pass | Out-String)
        ($proofs[0].Checks | Where-Object Name -eq digests).Status | Should -Be 'NotRun'
        (Get-DatabaseBackup $backups).Proven | Should -Be $true, $true
    }

    It 'are restored from the pipeline, or as the latest' {
        $backup = Backup-Database $database $backups -Prove
        $null = Undo-Migration $database $folder -AcceptDataLoss
        (Get-DatabaseBackup $backups | Select-Object -First 1 | Restore-Database -Database $database -Force).Backup | Should -Be $backup.Path
        $null = Undo-Migration $database $folder -AcceptDataLoss
        (Restore-Database $database -Latest -From $backups -Confirm:$false).Backup | Should -Be $backup.Path
        (Get-MigrationStatus $database $folder -Summary).Applied | Should -Be 3
    }

    It 'name what is missing when it is not known of which database they are' {
        $backup = Backup-Database $database $backups
        Remove-Item "$($backup.Path).manifest.json"
        (Get-ErrorOf { Get-DatabaseBackup $backups | Restore-Database -WhatIf }).Exception.Message | Should -BeLike '*The database is unknown*-Database*'
        Get-DatabaseBackup $backups | Restore-Database -Database $database -WhatIf | Should -BeNullOrEmpty
    }

    It 'touch nothing with -WhatIf' {
        Backup-Database $database $backups -WhatIf | Should -BeNullOrEmpty
        Get-ChildItem $backups | Should -BeNullOrEmpty
        $backup = Backup-Database $database $backups
        $null = Undo-Migration $database $folder -AcceptDataLoss
        Restore-Database $database $backup.Path -WhatIf | Should -BeNullOrEmpty
        Restore-Database $database $backup.Path -WhatIf -Force | Should -BeNullOrEmpty
        (Get-MigrationStatus $database $folder -Summary).Applied | Should -Be 2
    }

    It 'stand behind a run' {
        $null = Undo-Migration $database $folder -AcceptDataLoss
        $result = Invoke-Migration $database $folder -Backup $backups
        $result.Backup | Should -Be (Get-DatabaseBackup $backups).Path
        Set-Content "$folder/004_bad.sql" 'nonsense;'
        $problem = Get-ErrorOf { Invoke-Migration $database $folder -Backup $backups }
        $problem.ErrorDetails.RecommendedAction | Should -BeLike "*Restore-Database -Path ""$($problem.Exception.Backup)"" -Database*"
        (Undo-Migration $database $folder -AcceptDataLoss -Backup $backups).Backup | Should -Exist
    }
}

Describe 'Backups' {
    BeforeEach {
        $database = New-TestDatabase SQLite
        $folder = New-TestFolder 1
        $backups = New-Item (Join-Path (Get-Item TestDrive:).FullName "backups_$([guid]::NewGuid().ToString('N').Substring(0, 8))") -ItemType Directory
        $null = Invoke-Migration $database $folder
    }

    It 'warns once of what it meets twice' {
        Set-Content "$TestDrive/plain.sql" 'PRAGMA defer_foreign_keys=TRUE;', 'CREATE TABLE t (a); INSERT INTO t VALUES (1);'
        $warnings = Restore-Database (New-TestDatabase SQLite) "$TestDrive/plain.sql" -Force 3>&1 | Where-Object { $_ -is [Management.Automation.WarningRecord] }
        $warnings | Where-Object Message -Like '*has no transaction*' | Should -HaveCount 1
    }

    It 'are thinned out, with a reason for each' {
        $made = 1..4 | ForEach-Object { Backup-Database $database $backups }
        $null = Test-DatabaseBackup $made[0]
        $seen = Get-DatabaseBackup $backups | Remove-DatabaseBackup -KeepLast 2 -WhatIf
        $seen.Keep | Should -Be $true, $true, $false, $true
        $seen[3].Reason | Should -Be 'the last proven'
        $made.Path | Should -Exist

        $decisions = Get-DatabaseBackup $backups | Remove-DatabaseBackup -KeepLast 2 -Confirm:$false
        ($decisions | Where-Object Keep -eq $false).Backup.Path | Should -Be $made[1].Path
        $made[1].Path | Should -Not -Exist
        "$($made[1].Path).manifest.json" | Should -Not -Exist
        (Remove-DatabaseBackup $backups -KeepLast 1 -Force | Where-Object Keep -eq $false).Backup.Path | Should -Be $made[2].Path
    }

    It 'are removed only by a rule' {
        $null = Backup-Database $database $backups
        (Get-ErrorOf { Remove-DatabaseBackup $backups -Force }).FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'
    }

    It 'are an error when they should be proven and are not' {
        Set-Content "$folder/002_index.sql" 'CREATE TABLE k (p integer, q integer); CREATE INDEX i ON k (p); INSERT INTO k VALUES (1, 2);'
        $null = Invoke-Migration $database $folder
        # The index holds the values of another column: it is damaged.
        $null = & sqlite3 $database "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql='CREATE INDEX i ON k (q)' WHERE name='i';"
        $problem = Get-ErrorOf { Backup-Database $database $backups -Prove }
        $problem.FullyQualifiedErrorId | Should -BeLike 'BackupUnproven,*'
        (Get-DatabaseBackup $backups).Proven | Should -BeFalse
        $found = Get-DatabaseBackup $backups
        (Get-ErrorOf { Backup-Database $database $backups -Prove -NoCounts }).FullyQualifiedErrorId | Should -BeLike 'UsageInvalid,*'

        $refused = Get-ErrorOf { Restore-Database $database $found.Path -Force }
        $refused.FullyQualifiedErrorId | Should -BeLike 'BackupInvalid,*'
        $refused.ErrorDetails.RecommendedAction | Should -BeLike '*-AcceptFaults*'
        $restored = Restore-Database $database $found.Path -Force -AcceptFaults -WarningVariable warned -WarningAction SilentlyContinue
        $restored.Backup | Should -Be $found.Path
        "$warned" | Should -BeLike '*row 1 missing from index i*'
    }

    It 'are proven and restored with the faults of their source' {
        Set-Content "$folder/002_orphan.sql" "CREATE TABLE p (id integer PRIMARY KEY);`nCREATE TABLE k (p integer REFERENCES p (id));"
        $null = Invoke-Migration $database $folder
        $null = & sqlite3 $database 'INSERT INTO k VALUES (7);'
        $backup = Backup-Database $database $backups -Prove -WarningVariable warned -WarningAction SilentlyContinue
        $backup.Proven | Should -BeTrue
        $backup.Faults.Kind | Should -Be 'foreign-keys'
        "$warned" | Should -BeLike "*'k' (p) to 'p' (id): 1 row has no parent*"
        (Restore-Database $database $backup.Path -Force).Checks.Status | Should -Not -Contain 'Fail'
    }

    It 'say what is wrong with them' {
        $backup = Backup-Database $database $backups
        Add-Content $backup.Path 'x'
        (Get-DatabaseBackup $backups).Problem | Should -BeLike 'It has * bytes; its manifest says *'
        $proof = Test-DatabaseBackup $backup.Path
        $proof.Proven | Should -BeFalse
        $proof.Failed | Should -Be 1
        (Get-ErrorOf { Restore-Database $database $backup.Path -Force }).FullyQualifiedErrorId | Should -BeLike 'BackupInvalid,*'
        (Get-ErrorOf { Test-DatabaseBackup "$backups/none.db" }).FullyQualifiedErrorId | Should -BeLike 'BackupMissing,*'
        Push-Location $backups
        "$(Get-ErrorOf { Get-DatabaseBackup ./none })" | Should -Match 'Folder: ./none$'
        Pop-Location
        (Get-ErrorOf { Get-DatabaseBackup "$backups/none" }).FullyQualifiedErrorId | Should -BeLike 'BackupFolderInvalid,*'
        (Get-ErrorOf { Backup-Database $database "$backups/none" }).FullyQualifiedErrorId | Should -BeLike 'BackupFolderInvalid,*'
    }

    It 'need a confirmation where nobody can be asked' {
        $backup = Backup-Database $database $backups
        $run = Invoke-Pwsh "`$ErrorActionPreference = 'Stop'; Import-Module '$manifest'; try { Restore-Database '$database' '$($backup.Path)' } catch { `$_.FullyQualifiedErrorId }"
        $run.Text | Should -BeLike 'ConfirmationRequired,*'
    }

    It 'are salvaged from a corrupt file' {
        $bytes = [IO.File]::ReadAllBytes($database)
        for ($i = $bytes.Length - 200; $i -lt $bytes.Length; $i++) { $bytes[$i] = 0xff }
        [IO.File]::WriteAllBytes($database, $bytes)
        $rescued = Join-Path $backups 'rescued.db'
        (Restore-Database $database -Salvage $rescued -Force).Table | Should -Contain 't1'
        $rescued | Should -Exist
    }

    It 'have views' {
        $backup = Backup-Database $database $backups -Prove
        function Show($Objects) { ($Objects | Out-String -Width 160) -replace '\e\[[0-9;]*m' }
        Show (Get-DatabaseBackup $backups) | Should -Match '(?m)^Created +Size +Proven +Version +Backup'
        Show (Get-DatabaseBackup $backups) | Should -Match '(?m) kB yes +001 .*\.db\s*$'
        Show (Test-DatabaseBackup $backup) | Should -Match '(?m)^yes +0 +\d+ +\d+ ms .*\.db\s*$'
        Show (Remove-DatabaseBackup $backups -KeepLast 1 -WhatIf) | Should -Match '(?m)^keep .*\.db +the newest'
        (Get-DatabaseBackup $backups).Age | Should -BeOfType ([timespan])
    }
}
