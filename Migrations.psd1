@{
    RootModule           = 'module/Migrations.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '5f0c7a0e-6a5c-4f0b-9f5d-1f6f3f2f8a41'
    Author               = 'The Migrations authors'
    CompanyName          = 'The Migrations authors'
    Copyright            = 'Copyright (c) The Migrations authors. MIT license.'
    Description          = 'Applies, shows and undoes migrations of SQLite and PostgreSQL databases: atomic, locked, resumable, with a history that tells what happened. Backs databases up, proves the backups by restoring them, and restores.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('module/Migrations.Format.ps1xml')
    TypesToProcess       = @('module/Migrations.Types.ps1xml')
    CmdletsToExport      = @(
        'Backup-Database'
        'Clear-Database'
        'Compare-Database'
        'Compare-DatabaseSchema'
        'Copy-Database'
        'Export-MigrationReport'
        'Export-MigrationScript'
        'Get-DatabaseBackup'
        'Get-DatabaseSchema'
        'Get-MigrationConfiguration'
        'Get-MigrationHistory'
        'Get-MigrationStatus'
        'Import-MigrationHistory'
        'Initialize-Database'
        'Invoke-DatabaseScript'
        'Invoke-Migration'
        'Merge-MigrationResult'
        'Merge-Migration'
        'New-Migration'
        'New-MigrationConfiguration'
        'Remove-DatabaseBackup'
        'Repair-MigrationHistory'
        'Restore-Database'
        'Set-MigrationBaseline'
        'Test-DatabaseBackup'
        'Test-Migration'
        'Test-MigrationScript'
        'Test-SchemaIntegrity'
        'Undo-Migration'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    PrivateData          = @{
        PSData = @{
            Tags       = @('PSEdition_Core', 'Windows', 'Linux', 'MacOS', 'Database', 'Migration', 'SQLite', 'PostgreSQL')
            LicenseUri = 'https://opensource.org/license/mit'
        }
    }
}
