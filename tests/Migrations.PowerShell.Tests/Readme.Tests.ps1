BeforeDiscovery {
    $repository = [IO.Path]::GetFullPath("$PSScriptRoot/../..")
    # The texts whose blocks of PowerShell can be typed from a checkout, line by line.
    $texts = @{ Name = 'README.md'; Heading = '## In PowerShell' }, @{ Name = 'docs/powershell.md'; Heading = '# The PowerShell module' }
}
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'The first lines of <Name>' -ForEach $texts {
    It 'run, one after another' {
        $text = Get-Content "$repository/$Name" -Raw
        $block = [regex]::Match($text.Substring($text.IndexOf($Heading)), '(?s)```powershell\n(.*?)```').Groups[1].Value
        $lines = $block -split '\n' | Where-Object { $_.Trim() -and $_ -notlike 'dotnet build*' }
        $lines.Count | Should -BeGreaterThan 4
        $place = (New-Item (Join-Path (Get-Item TestDrive:).FullName ([guid]::NewGuid())) -ItemType Directory).FullName
        Copy-Item "$repository/samples" $place -Recurse
        # What cannot be asked about must not be asked about.
        $script = "`$ErrorActionPreference = 'Stop'`nSet-Location '$place'`n" + ($lines -join "`n").Replace('./Migrations.psd1', $manifest) + "`n'ALL RUN'"
        $run = Invoke-Pwsh $script
        $run.Text | Should -BeLike '*ALL RUN*'
        $run.ExitCode | Should -Be 0
        $run.Text | Should -BeLike '*005_order_totals*'
    }
}
