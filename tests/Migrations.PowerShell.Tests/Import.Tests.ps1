BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Importing' {
    It 'exports exactly the compiled cmdlets' {
        $compiled = (Get-Command Get-MigrationStatus).ImplementingType.Assembly.GetTypes().
            ForEach{ $_.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false) }.ForEach{ "$($_.VerbName)-$($_.NounName)" } | Sort-Object
        $compiled | Should -Be ((Import-PowerShellDataFile $manifest).CmdletsToExport | Sort-Object)
        (Get-Module Migrations).ExportedCommands.Keys | Sort-Object | Should -Be $compiled
    }

    It 'works again with -Force, three times, and after Remove-Module' {
        $result = Invoke-Pwsh @"
`$ErrorActionPreference = 'Stop'
foreach (`$i in 1..3) { Import-Module '$manifest' -Force; (Get-Command -Module Migrations).Count; Get-MigrationStatus :memory: '$repository/samples/shop' | Measure-Object | ForEach-Object Count }
Remove-Module Migrations
'gone: ' + (Get-Command -Module Migrations).Count
Import-Module '$manifest'
(Get-Command -Module Migrations).Count
"@
        $all = (Import-PowerShellDataFile $manifest).CmdletsToExport.Count
        $result.Text.Trim() -split '\r?\n' | Should -Be $all, 5, $all, 5, $all, 5, 'gone: 0', $all
    }

    It 'names its public types and keeps its drivers to itself' {
        [Migrations.MigrationStatus].Assembly.GetName().Name | Should -Be 'Migrations.Core'
        [Migrations.MigrationState]::Pending | Should -BeOfType ([Migrations.MigrationState])
        'Migrations.Sqlite.SqliteDriver' -as [type] | Should -BeNullOrEmpty
        $contexts = [AppDomain]::CurrentDomain.GetAssemblies().Where{ $_.GetName().Name -in 'Migrations.PowerShell', 'Migrations.Sqlite' }.
            ForEach{ [System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext($_).Name }
        $contexts | Sort-Object -Unique | Should -Be 'Migrations'
    }

    It 'is found by its name on the module path' {
        $result = Invoke-Pwsh "
            `$folder = New-Item '$((Get-Item TestDrive:).FullName)/modules' -ItemType Directory -Force
            `$null = New-Item -ItemType SymbolicLink -Path `$folder/Migrations -Target '$repository'
            `$env:PSModulePath = `$folder.FullName
            Get-MigrationStatus :memory: '$repository/samples/shop' | Measure-Object | ForEach-Object Count"
        $result.Text.Trim() | Should -Be '5'
    }

    It 'has only what it loads in module/bin' {
        $platforms = 'linux-arm64', 'linux-musl-arm64', 'linux-musl-x64', 'linux-x64', 'osx-arm64', 'osx-x64', 'win-arm64', 'win-x64'
        $natives = Get-ChildItem $repository/module/bin/runtimes -File -Recurse
        $natives.ForEach{ $_.Directory.Parent.Name } | Sort-Object | Should -Be $platforms
        Get-ChildItem $repository/module/bin -File | Where-Object Extension -NotIn '.dll', '.json' | Should -BeNullOrEmpty
        Get-ChildItem $repository/module/bin -Recurse -Filter System.Management.Automation* | Should -BeNullOrEmpty
        Get-ChildItem $repository/module/bin/*.json | ForEach-Object Name | Should -Be 'Migrations.PowerShell.deps.json'
    }

    It 'has a valid manifest' {
        (Test-ModuleManifest $manifest).Version | Should -Be ([xml](Get-Content $repository/Directory.Build.props -Raw)).SelectSingleNode('//Version').InnerText
    }
}

Describe 'Beside a module with other versions of the same libraries' {
    BeforeAll {
        # Stand-ins with the names of our libraries and versions below ours. They sit in the context that all modules share, as another database module's would.
        $other = Join-Path (Get-Item TestDrive:).FullName 'Other'
        $null = New-Item $other -ItemType Directory
        $names = @{ 'Npgsql' = 'Npgsql'; 'Microsoft.Extensions.Logging.Abstractions' = 'Microsoft.Extensions.Logging'; 'SQLitePCLRaw.core' = 'SQLitePCL' }
        foreach ($name in $names.Keys) {
            Set-Content "$other/source.ps1" ("Add-Type -OutputAssembly '$other/$name.dll' -TypeDefinition " +
                "'[assembly: System.Reflection.AssemblyVersion(""1.2.3.4"")] namespace $($names[$name]) { public static class Probe { public static string Version => typeof(Probe).Assembly.GetName().Version.ToString(); } }'")
            (Invoke-Pwsh (Get-Content "$other/source.ps1" -Raw)).Text.Trim() | Should -BeNullOrEmpty
        }
        Set-Content "$other/Other.psm1" (@'
Get-ChildItem $PSScriptRoot/*.dll | ForEach-Object { Add-Type -Path $_.FullName }
function Get-OtherVersion { [Npgsql.Probe]::Version; [Microsoft.Extensions.Logging.Probe]::Version; [SQLitePCL.Probe]::Version }
'@)
        $use = "Get-OtherVersion; (Get-MigrationStatus :memory: '$repository/samples/shop').Count; (Get-ErrorId { Get-MigrationStatus 'Host=127.0.0.1;Port=9;Database=x' '$repository/samples/shop' })"
        $errorId = 'function Get-ErrorId($call) { try { & $call } catch { $_.FullyQualifiedErrorId.Split(",")[0] } }'
    }

    It 'works when that one is loaded <Order>' -ForEach @{ Order = 'before' }, @{ Order = 'after' } {
        $imports = "Import-Module '$other/Other.psm1'", "Import-Module '$manifest'; `$null = Get-MigrationStatus :memory: '$repository/samples/shop'; `$null = Get-ErrorId { Get-MigrationStatus 'Host=127.0.0.1;Port=9;Database=x' '$repository/samples/shop' }"
        if ($Order -eq 'after') { [array]::Reverse($imports) }
        $result = Invoke-Pwsh "$errorId`n$($imports -join "`n")`n$use"
        $result.Text.Trim() -split '\r?\n' | Should -Be '1.2.3.4', '1.2.3.4', '1.2.3.4', '5', 'ConnectionFailed'
    }

    It 'works beside Npgsql and its logging from NuGet' {
        $project = Join-Path (Get-Item TestDrive:).FullName 'clash'
        $null = New-Item $project -ItemType Directory
        Set-Content "$project/Clash.csproj" @'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net8.0</TargetFramework>
    <EnableDynamicLoading>true</EnableDynamicLoading>
    <NoWarn>NU1901;NU1902;NU1903;NU1904</NoWarn>
  </PropertyGroup>
  <ItemGroup><PackageReference Include="Npgsql" Version="[9.0.3]" /></ItemGroup>
</Project>
'@
        Set-Content "$project/Clash.cs" 'public static class Clash { public static string Version => typeof(Npgsql.NpgsqlConnection).Assembly.GetName().Version!.ToString() + new Npgsql.NpgsqlConnection("Host=x").State; }'
        $build = dotnet build $project -o "$project/out" --nologo -v quiet 2>&1 | Out-String
        if ($build -match 'NU1101|NU1102|NU1301') { Set-ItResult -Skipped -Because 'Npgsql 9.0.3 does not restore from the feeds of this machine'; return }
        $LASTEXITCODE | Should -Be 0 -Because $build
        foreach ($order in 'before', 'after') {
            $steps = "Add-Type -Path '$project/out/Clash.dll'; [Clash]::Version", "Import-Module '$manifest'; (Get-ErrorId { Get-MigrationStatus 'Host=127.0.0.1;Port=9;Database=x' '$repository/samples/shop' })"
            if ($order -eq 'after') { [array]::Reverse($steps) }
            $text = (Invoke-Pwsh "$errorId`n$($steps -join "`n")").Text.Trim() -split '\r?\n' | Sort-Object
            $text | Should -Be '9.0.3.0Closed', 'ConnectionFailed' -Because $order
        }
    }
}
