<#
.SYNOPSIS
    Measures the module against its floors: import, status, a run against the command, and how soon Ctrl-C ends code.
.DESCRIPTION
    Build first: dotnet build Migrations.sln -c Release. Floor and module run in turns; medians are compared.
    Without MIGRATIONS_TEST_POSTGRES (a postgres:// URL of a superuser) PostgreSQL is left out.
#>
[CmdletBinding()]
param([int] $Runs = 7)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$repository = [IO.Path]::GetFullPath("$PSScriptRoot/..")
$work = (New-Item (Join-Path ([IO.Path]::GetTempPath()) "migrations-bench-$PID") -ItemType Directory).FullName
$script:missed = $false

function Get-Median([double[]] $Values) { ($Values | Sort-Object)[[int] [math]::Floor($Values.Count / 2)] }

function Write-Figure([string] $Name, [double] $Value, [double] $Limit, [string] $Unit, [string] $Note) {
    if ($Value -gt $Limit) { $script:missed = $true }
    '{0,-46} {1,8:0.00} {2,-3} limit {3,6:0.00}  {4}  {5}' -f $Name, $Value, $Unit, $Limit, $(if ($Value -le $Limit) { 'ok    ' } else { 'MISSED' }), $Note
}

function New-Folder([int] $Count) {
    $folder = New-Item "$work/folder$Count" -ItemType Directory -Force
    for ($i = 1; $i -le $Count; $i++) { Set-Content "$folder/$('{0:0000}_t{0}' -f $i).sql" "CREATE TABLE t$i (id integer PRIMARY KEY, name text NOT NULL);" }
    $folder.FullName
}

function Measure-Import {
    $source = '[System.Management.Automation.Cmdlet("Get", "Nothing")] public class N : System.Management.Automation.PSCmdlet { }'
    pwsh -NoProfile -Command "Add-Type -OutputAssembly '$work/Empty.dll' -TypeDefinition '$source'"
    $times = @{ empty = @(); module = @() }
    for ($i = 0; $i -lt $Runs; $i++) {
        foreach ($name in 'empty', 'module') {
            $path = if ($name -eq 'empty') { "$work/Empty.dll" } else { "$repository/Migrations.psd1" }
            $times[$name] += [double] (pwsh -NoProfile -NonInteractive -Command "`$c = [Diagnostics.Stopwatch]::StartNew(); Import-Module '$path'; `$c.Elapsed.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture)")
        }
    }
    $module, $empty = (Get-Median $times.module), (Get-Median $times.empty)
    Write-Figure 'Import-Module above an empty binary module' ($module - $empty) 150 ms ('{0:0} against {1:0} ms' -f $module, $empty)
}

function Measure-Status([string] $Engine, [string] $Database, [double] $Limit) {
    $folder = New-Folder 100
    $null = Invoke-Migration $Database $folder -WarningAction SilentlyContinue
    $times = for ($i = 0; $i -lt 60; $i++) { (Measure-Command { $null = Get-MigrationStatus $Database $folder -WarningAction SilentlyContinue }).TotalMilliseconds }
    Write-Figure "Get-MigrationStatus of 100, $Engine, warm" (Get-Median $times[20..59]) $Limit ms
}

# The command and the module each run in a process that has done everything once: what is compared is the engine's time, without start and just-in-time compilation.
function Measure-Run([string] $Engine, [scriptblock] $NewDatabase) {
    $folder = New-Folder 200
    $cli = Get-ChildItem "$repository/src/Migrations.Cli/bin/Release/*/Migrations.Cli.dll", "$repository/src/Migrations.Cli/bin/Release/*/migrations.dll" -ErrorAction Ignore | Select-Object -First 1
    $times = @{ cli = @(); module = @() }
    for ($i = 0; $i -lt $Runs; $i++) {
        $text = dotnet $cli.FullName up --database (& $NewDatabase) --path $folder 2>$null | Out-String
        if ($text -notmatch 'Applied 200 migrations to .* in (?<n>[\d.]+) (?<unit>ms|s)\.') { throw "The command does not tell its time: $text" }
        $times.cli += [double]::Parse($Matches.n, [cultureinfo]::InvariantCulture) * $(if ($Matches.unit -eq 's') { 1000 } else { 1 })
        $database = & $NewDatabase
        $script = "Import-Module '$repository/Migrations.psd1'; (Measure-Command { `$null = Invoke-Migration '$database' '$folder' -WarningAction SilentlyContinue }).TotalMilliseconds.ToString([cultureinfo]::InvariantCulture)"
        $times.module += [double] (pwsh -NoProfile -NonInteractive -Command $script)
    }
    $module, $command = (Get-Median $times.module), (Get-Median $times.cli)
    Write-Figure "Invoke-Migration of 200, $Engine, to the command" ($module / $command) 1.1 x ('{0:0} against {1:0} ms' -f $module, $command)
}

# From the stop to the prompt, with what comes between: the statement is interrupted, rolled back and recorded, and the lock released.
function Measure-Stop([string] $Engine, [scriptblock] $NewDatabase, [string] $Endless) {
    $folder = (New-Item "$work/stop_$Engine" -ItemType Directory).FullName
    Set-Content "$folder/001_endless.ps1" "function up { `$c = `$Connection.CreateCommand(); `$c.CommandText = '$Endless'; 'begun'; `$null = `$c.ExecuteNonQuery() }"
    $times = for ($i = 0; $i -lt $Runs; $i++) {
        $shell = [powershell]::Create().AddScript("Import-Module '$repository/Migrations.psd1'; Invoke-Migration '$(& $NewDatabase)' '$folder' -Verbose")
        $null = $shell.BeginInvoke()
        while ('begun' -notin $shell.Streams.Verbose.ForEach{ $_.Message }) { Start-Sleep -Milliseconds 10 }
        # The statement begins behind the word.
        Start-Sleep -Milliseconds 200
        (Measure-Command { $shell.Stop() }).TotalMilliseconds
        $shell.Dispose()
    }
    Write-Figure "Ctrl-C in a statement of code, $Engine" (Get-Median $times) 100 ms
}

function New-PostgreSqlDatabase {
    $name = "bench_$([guid]::NewGuid().ToString('N').Substring(0, 12))"
    $null = New-Item "$work/make_$name" -ItemType Directory
    Set-Content "$work/make_$name/001_make.sql" "CREATE DATABASE $name;"
    $null = Invoke-Migration $env:MIGRATIONS_TEST_POSTGRES "$work/make_$name" -HistoryTable "history_$name" -WarningAction SilentlyContinue
    $env:MIGRATIONS_TEST_POSTGRES -replace '/[^/]*$', "/$name"
}

try {
    Measure-Import
    Import-Module "$repository/Migrations.psd1"
    Measure-Status SQLite "$work/status.db" 10
    Measure-Run SQLite { "$work/$([guid]::NewGuid().ToString('N')).db" }
    Measure-Stop SQLite { "$work/$([guid]::NewGuid().ToString('N')).db" } 'CREATE TABLE e AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c'
    if ($env:MIGRATIONS_TEST_POSTGRES) {
        Measure-Status PostgreSQL (New-PostgreSqlDatabase) 15
        Measure-Run PostgreSQL { New-PostgreSqlDatabase }
        Measure-Stop PostgreSQL { New-PostgreSqlDatabase } 'CREATE TABLE e AS SELECT pg_sleep(600)::text'
    }
    else { 'PostgreSQL is left out: MIGRATIONS_TEST_POSTGRES is not set.' }
}
finally { Remove-Item $work -Recurse -Force }
exit [int] $script:missed
