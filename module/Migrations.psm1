$isReload = $null -ne ('Migrations.Loader.LoadContext' -as [type])
if (-not $isReload) {
    # Not Add-Type, which first loads a module and the C# compiler's parts: half of the time of an import.
    $null = [Reflection.Assembly]::LoadFrom("$PSScriptRoot/bin/Migrations.Loader.dll")
}
$cmdlets = Import-Module -Assembly ([Migrations.Loader.LoadContext]::Initialize()) -Force -PassThru
if ($isReload) {
    # An assembly that is imported a second time exports nothing: https://github.com/PowerShell/PowerShell/issues/20710
    $addExportedCmdlet = [psmoduleinfo].GetMethod('AddExportedCmdlet', [Reflection.BindingFlags]'Instance, NonPublic')
    foreach ($cmdlet in $cmdlets.ExportedCmdlets.Values) { $addExportedCmdlet.Invoke($ExecutionContext.SessionState.Module, @(, $cmdlet)) }
}
