# Reads the pages of the documentation by the rules of Migrations.Testing.MarkdownPage.

# What a page takes for granted: its reader works in a folder like this one.
$beforehand = @{
    'docs/powershell.md' = @'
Copy-Item samples/shop migrations -Recurse
$null = New-Item backups -ItemType Directory
Set-Content databases.csv "Database,Path`neu.db,migrations`nus.db,migrations"
'@
}
# What a line to type may call beside the module: a page must not change the machine of whoever runs the tests.
$harmless = 'Copy-Item', 'Get-Content', 'Get-Help', 'Import-Csv', 'Import-Module', 'New-Item', 'Remove-Item', 'Rename-Item', 'Select-Object', 'Set-Content', 'Where-Object', 'ConvertTo-Json', 'Format-List', 'ForEach-Object'
$wholePages = 'README.md', 'docs/tutorial.md'

# The blocks of a page: Section, Language, Text, File.
function Get-DocumentationBlock([string] $Repository, [string] $Page) {
    $lines = Get-Content "$Repository/$Page"
    $section = ''
    for ($i = 0; $i -lt $lines.Count; $i++) {
        if ($lines[$i] -like '## *') { $section = $lines[$i].Substring(3).Trim() }
        if (-not $lines[$i].StartsWith('```')) { continue }
        $end = [array]::IndexOf($lines, '```', $i + 1)
        $above = @($lines[0..($i - 1)] | Where-Object { $_.Trim() })[-1]
        if ($above -notlike '<!-- not run: *') {
            [pscustomobject]@{
                Section  = $section
                Language = $lines[$i].Substring(3).Trim()
                Text     = ($lines[($i + 1)..($end - 1)] -join "`n") + "`n"
                File     = [regex]::Match($above, '`([^`\s]+\.\w+)`:$').Groups[1].Value
            }
        }
        $i = $end
    }
}

# Every section with lines to type, and the blocks that it needs.
function Get-DocumentationSection([string] $Repository) {
    foreach ($file in @(Get-ChildItem "$Repository/*.md") + @(Get-ChildItem "$Repository/docs" -Filter *.md -Recurse)) {
        $page = [IO.Path]::GetRelativePath($Repository, $file).Replace('\', '/')
        $blocks = @(Get-DocumentationBlock $Repository $page)
        $typed = @($blocks | Where-Object { $_.Language -eq 'powershell' -and -not $_.File })
        $names = @($typed.Section | Sort-Object -Unique)
        if ($typed -and $page -in $wholePages) { $names = @('') }
        foreach ($name in $names | Where-Object { $_ -or $names.Count -eq 1 }) {
            @{
                Page            = $page
                Section         = $name
                NeedsPostgreSql = $name -like '*(PostgreSQL)*'
                Blocks          = @($blocks | Where-Object { -not $name -or -not $_.Section -or $_.Section -eq $name })
            }
        }
    }
}

# One section as a script that works in a folder of its own and says whether it passed.
function Get-SectionScript($Section, [string] $Repository, [string] $Manifest, [string] $Place, [string] $Url) {
    $folder = Join-Path $Place ([guid]::NewGuid())
    $text = "`$null = New-Item '$folder' -ItemType Directory; Copy-Item '$Repository/samples' '$folder' -Recurse; Set-Location '$folder'`n"
    $text += "`$env:DATABASE_URL = '$Url'; `$env:MIGRATION_PATH = ''`ntry { & {`n`$ErrorActionPreference = 'Stop'`n$($beforehand[$Section.Page])`n"
    foreach ($block in $Section.Blocks) {
        if ($block.File) {
            $text += "`$null = New-Item (Split-Path '$folder/$($block.File)') -ItemType Directory -Force`n"
            $text += "Set-Content '$folder/$($block.File)' @'`n$($block.Text)'@`n"
        }
        elseif ($block.Language -eq 'powershell') {
            Assert-Harmless $block.Text
            $text += (-join ($block.Text -split '\n').ForEach{ "$(Add-Expectation $_)`n" }).Replace('./Migrations.psd1', $Manifest)
        }
    }
    $text + "} | Out-Null; 'PASSED $($Section.Page), $($Section.Section.Replace("'", "''"))' }`ncatch { `"FAILED $($Section.Page), `$_ `$(`$_.ScriptStackTrace)`" }`n"
}

# A line that names an error must end with it: Invoke-Migration   # error StatementFailed
function Add-Expectation([string] $Line) {
    if ($Line -notmatch '^(?<command>.+?)\s+# error (?<id>\w+)\b') { return $Line }
    "try { $($Matches.command); throw 'No error: $($Matches.id)' } catch { if (`$_.FullyQualifiedErrorId -notlike '$($Matches.id),*') { throw } }"
}

function Assert-Harmless([string] $Text) {
    $ast = [Management.Automation.Language.Parser]::ParseInput($Text, [ref] $null, [ref] $null)
    foreach ($command in $ast.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)) {
        $name = $command.GetCommandName()
        if ($name -notin $harmless -and (Get-Command $name -ErrorAction Ignore).Source -ne 'Migrations') {
            throw "'$command' is not run by a test. Put '<!-- not run: why -->' above the block."
        }
    }
}
