<#
.SYNOPSIS
    Makes en-US/Migrations.PowerShell.dll-Help.xml from the documentation comments of the cmdlets' source and from Get-Command.
.PARAMETER OutputPath
    Where the help is written.
#>
[CmdletBinding()]
param([string] $OutputPath = "$PSScriptRoot/../en-US/Migrations.PowerShell.dll-Help.xml")

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

$namespaces = @{
    maml    = 'http://schemas.microsoft.com/maml/2004/10'
    command = 'http://schemas.microsoft.com/maml/dev/command/2004/10'
    dev     = 'http://schemas.microsoft.com/maml/dev/2004/10'
}
# What PowerShell itself adds to a cmdlet that changes something.
$shared = @{
    WhatIf  = 'Shows what would be done and changes nothing; for Invoke-Migration and Undo-Migration that is the SQL of each step.'
    Confirm = 'Asks before anything is done. -Confirm:$false never asks, whatever $ConfirmPreference says.'
}

$comments = Get-ChildItem "$PSScriptRoot/../src/Migrations.PowerShell/bin/*/net8.0/Migrations.PowerShell.xml" |
    Sort-Object LastWriteTime -Descending | Select-Object -First 1
if (-not $comments) { throw "Build first: dotnet build Migrations.sln" }
$members = @{}
foreach ($member in ([xml](Get-Content -LiteralPath $comments -Raw)).doc.members.member) { $members[$member.name] = $member }

Import-Module "$PSScriptRoot/../Migrations.psd1"

function Get-Text($node) {
    if (-not $node) { return '' }
    $text = foreach ($part in $node.SelectNodes('.//text() | .//see/@cref')) { if ($part.NodeType -eq 'Attribute') { $part.Value.Split('.')[-1] } else { $part.Value } }
    (-join $text) -replace '\s+', ' ' -replace '^ | $', ''
}

function Get-Comment($property) {
    if ($shared.ContainsKey($property.Name)) { return $shared[$property.Name] }
    $declared = $command.ImplementingType.GetProperty($property.Name).DeclaringType.FullName
    Get-Text $members["P:$declared.$($property.Name)"].SelectSingleNode('summary')
}

function Add-Element([string] $name, [string] $text, [scriptblock] $content, [System.Collections.IDictionary] $attributes = @{}) {
    $prefix, $local = $name.Split(':')
    $writer.WriteStartElement($prefix, $local, $namespaces[$prefix])
    foreach ($key in $attributes.Keys) { $writer.WriteAttributeString($key, $attributes[$key]) }
    if ($content) { . $content } else { $writer.WriteString($text) }
    $writer.WriteEndElement()
}

function Add-Paragraph([string] $name, [string] $paragraph) { Add-Element $name -content { Add-Element 'maml:para' $paragraph } }

function Get-TypeName([type] $type) {
    if ($nullable = [Nullable]::GetUnderlyingType($type)) { return Get-TypeName $nullable }
    $type.Name
}

function Add-Parameter($parameter, [switch] $InSyntax) {
    $pipeline = @(if ($parameter.ValueFromPipeline) { 'ByValue' }; if ($parameter.ValueFromPipelineByPropertyName) { 'ByPropertyName' }) -join ', '
    $wildcards = $parameter.Attributes.Where{ $_ -is [System.Management.Automation.SupportsWildcardsAttribute] }.Count -gt 0
    $attributes = [ordered]@{
        required       = "$($parameter.IsMandatory)".ToLowerInvariant()
        variableLength = "$($parameter.ParameterType.IsArray)".ToLowerInvariant()
        globbing       = "$wildcards".ToLowerInvariant()
        pipelineInput  = if ($pipeline) { "True ($pipeline)" } else { 'False' }
        position       = if ($parameter.Position -ge 0) { "$($parameter.Position)" } else { 'named' }
        aliases        = if ($parameter.Aliases) { $parameter.Aliases -join ', ' } else { 'none' }
    }
    $comment = Get-Comment $parameter
    Add-Element 'command:parameter' -attributes $attributes -content {
        Add-Element 'maml:name' $parameter.Name
        Add-Paragraph 'maml:description' $comment
        $isSwitch = $parameter.ParameterType -eq [switch]
        if (-not ($isSwitch -and $InSyntax)) {
            Add-Element 'command:parameterValue' (Get-TypeName $parameter.ParameterType) -attributes ([ordered]@{
                    required = "$(-not $isSwitch)".ToLowerInvariant(); variableLength = $attributes.variableLength
                })
        }
        Add-Element 'dev:type' -content { Add-Element 'maml:name' (Get-TypeName $parameter.ParameterType); Add-Element 'maml:uri' '' }
        Add-Element 'dev:defaultValue' $(if ($comment -match 'Default: (.+?)(?:\. |\.$|$)') { $Matches[1] } elseif ($isSwitch) { 'False' } else { 'None' })
    }
}

function Get-OwnParameter($set) {
    $common = [System.Management.Automation.Cmdlet]::CommonParameters
    $set.Parameters | Where-Object Name -NotIn $common | Sort-Object { if ($_.Position -ge 0) { $_.Position } else { 100 } }, { -not $_.IsMandatory }, Name
}

function Add-Command($command) {
    $type = $members["T:$($command.ImplementingType.FullName)"]
    Add-Element 'command:command' -content {
        Add-Element 'command:details' -content {
            Add-Element 'command:name' $command.Name
            Add-Element 'command:verb' $command.Verb
            Add-Element 'command:noun' $command.Noun
            Add-Paragraph 'maml:description' (Get-Text $type.SelectSingleNode('summary'))
        }
        Add-Paragraph 'maml:description' "$(Get-Text $type.SelectSingleNode('summary')) $(Get-Text $type.SelectSingleNode('remarks'))"
        Add-Element 'command:syntax' -content {
            foreach ($set in $command.ParameterSets | Sort-Object { -not $_.IsDefault }, Name) {
                Add-Element 'command:syntaxItem' -content {
                    Add-Element 'maml:name' $command.Name
                    foreach ($parameter in Get-OwnParameter $set) { Add-Parameter $parameter -InSyntax }
                }
            }
        }
        $parameters = $command.ParameterSets | ForEach-Object { Get-OwnParameter $_ } | Sort-Object Name -Unique
        Add-Element 'command:parameters' -content { foreach ($parameter in $parameters) { Add-Parameter $parameter } }
        Add-Element 'command:inputTypes' -content {
            # Not $name: what runs inside Add-Element sees the parameters of Add-Element first.
            foreach ($inputType in ($parameters | Where-Object ValueFromPipeline | ForEach-Object { $_.ParameterType.FullName } | Sort-Object -Unique) ?? 'None') {
                Add-Element 'command:inputType' -content { Add-Element 'dev:type' -content { Add-Element 'maml:name' $inputType } }
            }
        }
        Add-Element 'command:returnValues' -content {
            foreach ($output in $command.OutputType) {
                Add-Element 'command:returnValue' -content { Add-Element 'dev:type' -content { Add-Element 'maml:name' $output.Name } }
            }
        }
        Add-Element 'maml:alertSet' -content {
            Add-Element 'maml:alert' -content { Add-Element 'maml:para' 'See also: Get-Help about_Migrations' }
        }
        Add-Element 'command:examples' -content {
            $number = 0
            foreach ($example in $type.SelectNodes('example')) {
                $number++
                Add-Element 'command:example' -content {
                    Add-Element 'maml:title' "Example $number"
                    Add-Element 'dev:code' (Get-Text $example.SelectSingleNode('code'))
                    Add-Paragraph 'dev:remarks' (Get-Text $example.SelectSingleNode('para'))
                }
            }
        }
        # No related links: with one, PowerShell advertises an online version.
    }
}

$OutputPath = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutputPath)
$settings = [System.Xml.XmlWriterSettings]@{ Indent = $true; NewLineChars = "`n"; Encoding = [System.Text.UTF8Encoding]::new($false) }
$writer = [System.Xml.XmlWriter]::Create($OutputPath, $settings)
try {
    $writer.WriteStartElement('helpItems', 'http://msh')
    $writer.WriteAttributeString('schema', 'maml')
    foreach ($prefix in 'maml', 'command', 'dev') { $writer.WriteAttributeString('xmlns', $prefix, $null, $namespaces[$prefix]) }
    foreach ($command in Get-Command -Module Migrations | Sort-Object Name) { Add-Command $command }
    $writer.WriteEndElement()
    $writer.WriteRaw("`n")
}
finally { $writer.Dispose() }
