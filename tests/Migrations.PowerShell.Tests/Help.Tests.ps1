BeforeDiscovery {
    . $PSScriptRoot/common.ps1
    $cmdlets = Get-Command -Module Migrations | ForEach-Object { @{ Cmdlet = $_ } }
}
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Help of <Cmdlet>' -ForEach $cmdlets {
    BeforeAll { $help = Get-Help $Cmdlet.Name -Full }

    It 'says what it does and what it writes' {
        $help.Synopsis | Should -Match '\.$'
        $help.description.Text.Length | Should -BeGreaterThan $help.Synopsis.Length
        $help.returnValues.returnValue.type.name | Should -Be $Cmdlet.OutputType.Name
    }

    It 'explains every parameter' {
        $own = $Cmdlet.Parameters.Values.Where{ $_.Name -notin [System.Management.Automation.Cmdlet]::CommonParameters }
        $help.parameters.parameter.name | Sort-Object | Should -Be ($own.Name | Sort-Object)
        foreach ($parameter in $help.parameters.parameter) { $parameter.description.Text | Should -Match '\S{3}.*\.$' -Because $parameter.name }
    }

    It 'has examples that parse and bind' {
        @($help.examples.example).Count | Should -BeGreaterThan 0
        foreach ($example in $help.examples.example) {
            $problems = $null
            $tree = [System.Management.Automation.Language.Parser]::ParseInput($example.code, [ref] $null, [ref] $problems)
            $problems | Should -BeNullOrEmpty
            $command = $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] -and $args[0].GetCommandName() -in (Get-Command -Module Migrations).Name }, $true)
            $command | Should -Not -BeNullOrEmpty
            foreach ($call in $command) {
                foreach ($parameter in $call.CommandElements.Where{ $_ -is [System.Management.Automation.Language.CommandParameterAst] }.ParameterName) {
                    (Get-Command $call.GetCommandName()).Parameters.Keys | Should -Contain $parameter
                }
            }
            $example.remarks.Text | Should -Not -BeNullOrEmpty
        }
    }
}

Describe 'The help files' {
    It 'are what the source makes' {
        $made = Join-Path (Get-Item TestDrive:).FullName 'help.xml'
        $null = Invoke-Pwsh "& '$repository/tools/Update-Help.ps1' -OutputPath '$made'"
        (Get-Content $made -Raw) -eq (Get-Content "$repository/en-US/Migrations.PowerShell.dll-Help.xml" -Raw) | Should -BeTrue -Because 'tools/Update-Help.ps1 makes the committed file'
    }

    It 'have an about topic of at most 80 columns' {
        (Get-Content "$repository/en-US/about_Migrations.help.txt").Where{ $_.Length -gt 80 } | Should -BeNullOrEmpty
        Get-Help about_Migrations | Out-String | Should -Match 'migration_journal'
    }
}
