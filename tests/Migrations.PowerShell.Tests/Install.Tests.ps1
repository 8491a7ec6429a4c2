# The module is packed, installed by the lines of README and azure-pipelines.yml, and used, with a home of its own.
BeforeAll {
    . $PSScriptRoot/common.ps1
    $place = (Get-Item TestDrive:).FullName.TrimEnd('/')
    $version = (Import-PowerShellDataFile $manifest).ModuleVersion
    # What build.ps1 stages.
    $staged = New-Item "$place/out/Migrations/$version" -ItemType Directory
    foreach ($item in 'Migrations.psd1', 'module', 'en-US', 'LICENSE', 'README.md', 'samples') { Copy-Item "$repository/$item" $staged -Recurse }

    # The home of the process decides where modules and the list of repositories are kept.
    function Invoke-AtHome([string] $Name, [string] $Script) {
        $kept = $env:HOME, $env:XDG_DATA_HOME, $env:XDG_CACHE_HOME, $env:PSModulePath
        try {
            $env:HOME = (New-Item "$place/$Name" -ItemType Directory -Force).FullName
            $env:XDG_DATA_HOME = $env:XDG_CACHE_HOME = $env:PSModulePath = $null
            # .NET knows only folders that exist.
            $null = New-Item "$env:HOME/.local/share" -ItemType Directory -Force
            Invoke-Pwsh "`$ErrorActionPreference = 'Stop'; `$ProgressPreference = 'SilentlyContinue'; Set-Location '$place'`n$Script"
        }
        finally { $env:HOME, $env:XDG_DATA_HOME, $env:XDG_CACHE_HOME, $env:PSModulePath = $kept }
    }
    $use = "`n(Import-Module Migrations -PassThru).ModuleBase; (Invoke-Migration shop.db '$repository/samples/shop').Count; Remove-Item shop.db"
}

Describe 'A package of the module' -Skip:($IsWindows) {
    It 'is made and installed by the lines of the README' {
        $text = Get-Content "$repository/README.md" -Raw
        $block = [regex]::Match($text, '(?s)```powershell\n(\./build\.ps1.*?)```').Groups[1].Value
        $lines = $block -split '\n' | Where-Object { $_ -and $_ -notlike './build.ps1*' }
        $lines.Count | Should -BeGreaterThan 2
        $run = Invoke-AtHome 'readme' ($lines + $use -join "`n")
        $run.ExitCode | Should -Be 0 -Because $run.Text
        $run.Text | Should -BeLike "*$place/readme/*$version*5*"
        "$place/packages/Migrations.$version.nupkg" | Should -Exist
    }

    It 'is installed by the steps of azure-pipelines.yml' {
        $text = Get-Content "$repository/docs/examples/azure-pipelines.yml" -Raw
        $step = [regex]::Match($text, '(?s)- pwsh: \|\n(.*?)\n    displayName').Groups[1].Value.Replace('$(Build.SourcesDirectory)', $place)
        $step | Should -BeLike '*Install-PSResource*'
        $run = Invoke-AtHome 'pipeline' ($step + $use)
        $run.ExitCode | Should -Be 0 -Because $run.Text
        $run.Text | Should -BeLike "*$place/pipeline/*$version*5*"
    }
}
