BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'The package of the module' {
    It 'is published to a folder, installed from it, and used' {
        $folder = (Get-Item TestDrive:).FullName.TrimEnd("/", "\")
        $null = New-Item "$folder/home/.local/share", "$folder/feed" -ItemType Directory -Force
        # PSResourceGet keeps its repositories and the modules of the current user in the home folder: one of the test's own.
        $result = Invoke-Pwsh @"
`$ErrorActionPreference = 'Stop'
`$env:HOME = `$env:USERPROFILE = `$env:LOCALAPPDATA = '$folder/home'
`$env:XDG_DATA_HOME = '$folder/home/.local/share'
& pwsh -NoProfile -NonInteractive -Command {
    param(`$repository, `$folder)
    `$ErrorActionPreference = 'Stop'
    `$ProgressPreference = 'SilentlyContinue'
    `$package = & "`$repository/tools/Copy-Module.ps1" -Destination `$folder
    Register-PSResourceRepository -Name Local -Uri "`$folder/feed" -Trusted
    Publish-PSResource -Path `$package -Repository Local
    (Get-ChildItem "`$folder/feed").Name
    Install-PSResource Migrations -Repository Local -Scope CurrentUser
    `$module = Import-Module Migrations -PassThru
    `$module.ModuleBase.Replace('\', '/')
    (Invoke-Migration "`$folder/shop.db" "`$(`$module.ModuleBase)/samples/shop").Count
    (Get-MigrationStatus "`$folder/shop.db" "`$(`$module.ModuleBase)/samples/shop" -Summary).EngineVersion
} -args '$repository', '$folder'
"@
        $result.ExitCode | Should -Be 0 -Because $result.Text
        $lines = $result.Text.Trim() -split '\r?\n'
        $lines[0] | Should -BeLike 'migrations.0.1.0.nupkg'
        $lines[1] | Should -BeLike "$folder/home/*/Migrations/0.1.0"
        $lines[2..3] | Should -Be '5', '3.53.4 (bundled)' -Because $result.Text
    }
}
