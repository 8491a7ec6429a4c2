# What the tests share. Each file runs in a PowerShell of its own and loads the built module from the checkout.
$ErrorActionPreference = 'Stop'
$repository = [IO.Path]::GetFullPath("$PSScriptRoot/../..")
$manifest = "$repository/Migrations.psd1"
Import-Module $manifest

# A postgres:// URL of a superuser. The runner of 'dotnet test' starts a server and names it here.
$postgreSql = $env:MIGRATIONS_TEST_POSTGRES
if (-not $postgreSql -and $env:CI -eq 'true') { throw 'With CI=true the tests need PostgreSQL: set MIGRATIONS_TEST_POSTGRES.' }

# For -ForEach: both engines, or SQLite alone.
$engines = @(@{ Engine = 'SQLite' }) + @(if ($postgreSql) { @{ Engine = 'PostgreSQL' } })

function Get-ConnectionString([string] $Url) {
    $uri = [uri] $Url
    $user, $password = $uri.UserInfo.Split(':', 2).ForEach{ [uri]::UnescapeDataString($_) }
    "Host=$($uri.Host);Port=$($uri.Port);Username=$user;Password=""$password"";Database=$($uri.AbsolutePath.Trim('/'));Pooling=false"
}

# Runs SQL with an Npgsql of the tests' own, beside the module's.
function Invoke-Sql([string] $Url, [string] $Sql) {
    if (-not ('Npgsql.NpgsqlConnection' -as [type])) { $null = [Reflection.Assembly]::LoadFrom("$repository/module/bin/Npgsql.dll") }
    $connection = [Npgsql.NpgsqlConnection]::new((Get-ConnectionString $Url))
    try {
        $connection.Open()
        $command = $connection.CreateCommand()
        $command.CommandText = $Sql
        $command.ExecuteScalar()
    }
    finally { $connection.Dispose() }
}

# An empty database: the path of a file that does not exist yet, or the URL of a new PostgreSQL database.
function New-TestDatabase([string] $Engine) {
    $name = "ps_$([guid]::NewGuid().ToString('N').Substring(0, 12))"
    if ($Engine -eq 'SQLite') { return Join-Path (Get-Item TestDrive:).FullName "$name.db" }
    $null = Invoke-Sql $postgreSql "CREATE DATABASE $name"
    ([UriBuilder]@{ Scheme = 'postgres'; Host = ([uri] $postgreSql).Host; Port = ([uri] $postgreSql).Port; Path = $name; UserName = ([uri] $postgreSql).UserInfo.Split(':')[0]; Password = ([uri] $postgreSql).UserInfo.Split(':', 2)[1] }).Uri.AbsoluteUri
}

# A folder with the migrations 001_t1 ... each of which makes a table and can be undone.
function New-TestFolder([int] $Count = 3, [hashtable] $Scripts = @{}) {
    $folder = Join-Path (Get-Item TestDrive:).FullName "folder_$([guid]::NewGuid().ToString('N').Substring(0, 12))"
    $null = New-Item $folder -ItemType Directory
    for ($i = 1; $i -le $Count; $i++) {
        $name = '{0:000}_t{0}' -f $i
        Set-Content "$folder/$name.sql" $(if ($Scripts.ContainsKey($i)) { $Scripts[$i] } else { "CREATE TABLE t$i (id integer PRIMARY KEY);`nINSERT INTO t$i VALUES (1);" })
        Set-Content "$folder/$name.down.sql" "DROP TABLE t$i;"
    }
    $folder
}

# A statement that runs until it is interrupted.
function Get-EndlessSql([string] $Engine) {
    if ($Engine -eq 'SQLite') { 'CREATE TABLE slow AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) AS n FROM c;' }
    else { 'CREATE TABLE slow AS SELECT pg_sleep(600)::text;' }
}

# Runs a text in a PowerShell of its own and gives what it wrote, as text, and its exit code.
function Invoke-Pwsh([string] $Script, [string[]] $Arguments = @()) {
    $file = Join-Path (Get-Item TestDrive:).FullName "script_$([guid]::NewGuid().ToString('N').Substring(0, 12)).ps1"
    Set-Content $file $Script
    $output = & pwsh -NoProfile -NonInteractive -File $file @Arguments 2>&1
    [pscustomobject]@{ ExitCode = $LASTEXITCODE; Text = ($output | Out-String) -replace '\e\[[0-9;]*m' }
}

# The error of a call, or a failure when there is none.
function Get-ErrorOf([scriptblock] $Call) {
    try { $null = & $Call } catch { return $_ }
    throw "There was no error: $Call"
}
