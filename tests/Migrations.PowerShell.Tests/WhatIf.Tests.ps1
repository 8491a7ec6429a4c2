BeforeDiscovery { . $PSScriptRoot/common.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe '-WhatIf on <Engine>' -ForEach $engines {
    BeforeAll {
        # Everything that a run could have changed.
        function Get-Trace {
            if ($Engine -eq 'SQLite') { (Get-ChildItem (Split-Path $database) -Filter "$(Split-Path $database -Leaf)*" | Get-FileHash).Hash -join ',' }
            else { Invoke-Sql $database "SELECT string_agg(relname || ':' || xmin::text, ',' ORDER BY oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace" }
        }
    }

    BeforeEach {
        $folder = New-TestFolder 2
        $database = New-TestDatabase $Engine
    }

    It 'shows the SQL of a run and touches nothing' {
        $before = Get-Trace
        $text = (Invoke-Pwsh "Import-Module '$manifest'; Invoke-Migration '$database' '$folder' -WhatIf").Text
        $text | Should -BeLike '*What if: Apply 001_t1, 002_t2 on *'
        $text | Should -Match 'CREATE TABLE t1 \(id integer PRIMARY KEY\);'
        $text | Should -Match 'INSERT INTO t2 VALUES \(1\);'
        Get-Trace | Should -Be $before
    }

    It 'gives the steps as objects' {
        $results = Invoke-Migration $database $folder -WhatIf
        $results.Outcome | Should -Be 'WhatIf', 'WhatIf'
        $results.File | Should -Be "$folder/001_t1.sql", "$folder/002_t2.sql"
    }

    It 'touches nothing in <Call>' -ForEach @{ Call = 'Undo-Migration {0} {1} -All -WhatIf' }, @{ Call = 'Set-MigrationBaseline {0} {1} 2 -WhatIf' }, @{ Call = '$WhatIfPreference = $true; Invoke-Migration {0} {1} -AllowOutOfOrder' } {
        $null = Invoke-Migration $database $folder -First 1
        $before = Get-Trace
        $text = (Invoke-Pwsh ("Import-Module '$manifest'; " + ($Call -f "'$database'", "'$folder'"))).Text
        $text | Should -BeLike '*What if: *'
        Get-Trace | Should -Be $before
    }

    It 'shows what a repair would accept, and touches nothing' {
        $null = Invoke-Migration $database $folder -First 1
        Add-Content "$folder/001_t1.sql" 'INSERT INTO t1 VALUES (7);'
        $before = Get-Trace
        (Invoke-Pwsh "Import-Module '$manifest'; Repair-MigrationHistory '$database' '$folder' -WhatIf").Text | Should -BeLike '*What if: *+ INSERT INTO t1 VALUES (7)*001_t1 (Changed)*'
        $asked = Invoke-Pwsh "`$ErrorActionPreference = 'Stop'; Import-Module '$manifest'; try { Repair-MigrationHistory '$database' '$folder' } catch { `$_.FullyQualifiedErrorId; `$_.ErrorDetails.RecommendedAction }"
        $asked.Text | Should -BeLike 'ConfirmationRequired,*-Force*'
        Get-Trace | Should -Be $before
    }
}

Describe 'Being asked' {
    BeforeEach {
        $folder = New-TestFolder 3
        $database = New-TestDatabase SQLite
        $null = Invoke-Migration $database $folder
    }

    It 'writes no file for New-Migration -WhatIf, and names those that it would' {
        (Invoke-Pwsh "Import-Module '$manifest'; New-Migration 'x y' '$folder' -WhatIf").Text | Should -BeLike '*004_x_y.sql*'
        Get-ChildItem $folder -Filter '004*' | Should -BeNullOrEmpty
    }

    It 'is an error with -NonInteractive: <Choice>' -ForEach @{ Choice = '-All' }, @{ Choice = '-Last 2' }, @{ Choice = '-To 2' } {
        $result = Invoke-Pwsh "`$ErrorActionPreference = 'Stop'; Import-Module '$manifest'; try { Undo-Migration '$database' '$folder' $Choice } catch { `$_.FullyQualifiedErrorId; `$_.ErrorDetails.RecommendedAction }"
        $result.Text | Should -BeLike 'ConfirmationRequired,*-Force*'
        (Get-MigrationStatus $database $folder -Summary).Applied | Should -Be 3
    }

    It 'is not needed for one, nor with -Force or -Confirm:$false' {
        foreach ($choice in '', '-Last 1', '-To 0 -Force') {
            (Invoke-Pwsh "Import-Module '$manifest'; (Undo-Migration '$database' '$folder' $choice -AcceptDataLoss).Name").Text | Should -BeLike '*_t*'
        }
        (Get-MigrationStatus $database $folder -Summary).Applied | Should -Be 0
    }

    It 'is answered by a host' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$manifest'; Undo-Migration '$database' '$folder' -All").Invoke()
        # The default host of a hosted PowerShell cannot ask.
        $shell.Streams.Error[0].FullyQualifiedErrorId | Should -BeLike 'ConfirmationRequired,*'
        $shell.Dispose()
    }
}

Describe 'Being asked about a loss' {
    BeforeAll {
        # A host with somebody before it, who gives the answers in order, and Enter when they are used up.
        Add-Type -TypeDefinition @'
using System; using System.Collections.Generic; using System.Collections.ObjectModel; using System.Globalization; using System.Management.Automation; using System.Management.Automation.Host; using System.Security;
public sealed class AskedHost : PSHost {
    readonly AskedInterface ui;
    public AskedHost(params int[] answers) { ui = new AskedInterface(answers); }
    public List<string> Questions { get { return ui.Questions; } }
    public override CultureInfo CurrentCulture { get { return CultureInfo.InvariantCulture; } }
    public override CultureInfo CurrentUICulture { get { return CultureInfo.InvariantCulture; } }
    public override Guid InstanceId { get; } = Guid.NewGuid();
    public override string Name { get { return "Asked"; } }
    public override PSHostUserInterface UI { get { return ui; } }
    public override Version Version { get { return new Version(1, 0); } }
    public override void EnterNestedPrompt() { } public override void ExitNestedPrompt() { } public override void NotifyBeginApplication() { } public override void NotifyEndApplication() { } public override void SetShouldExit(int exitCode) { }
}
public sealed class AskedInterface : PSHostUserInterface {
    readonly Queue<int> answers; public readonly List<string> Questions = new List<string>();
    public AskedInterface(int[] answers) { this.answers = new Queue<int>(answers); }
    public override PSHostRawUserInterface RawUI { get { return null; } }
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) { throw new NotSupportedException(); }
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) {
        Questions.Add(message + " [" + choices[defaultChoice].Label.Replace("&", "") + "]"); return answers.Count > 0 ? answers.Dequeue() : defaultChoice; }
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) { throw new NotSupportedException(); }
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName, PSCredentialTypes types, PSCredentialUIOptions options) { throw new NotSupportedException(); }
    public override string ReadLine() { throw new NotSupportedException(); } public override SecureString ReadLineAsSecureString() { throw new NotSupportedException(); }
    public override void Write(string value) { } public override void Write(ConsoleColor f, ConsoleColor b, string value) { } public override void WriteLine(string value) { }
    public override void WriteDebugLine(string message) { } public override void WriteErrorLine(string value) { } public override void WriteProgress(long id, ProgressRecord record) { } public override void WriteVerboseLine(string message) { } public override void WriteWarningLine(string message) { }
}
'@

        # Undoes with these answers: 0 is the first choice, Yes.
        function Undo-Asked([string] $Arguments, [int[]] $Answers) {
            $seen = [AskedHost]::new($Answers)
            $runspace = [runspacefactory]::CreateRunspace($seen)
            $runspace.Open()
            $shell = [powershell]::Create($runspace)
            $results = $shell.AddScript("Import-Module '$manifest'; Undo-Migration '$database' '$folder' $Arguments -WarningAction SilentlyContinue").Invoke()
            [pscustomobject]@{ Names = @($results.Name); Questions = @($seen.Questions); Errors = @($shell.Streams.Error.FullyQualifiedErrorId) }
            $shell.Dispose()
            $runspace.Dispose()
        }
    }

    BeforeEach {
        $folder = New-TestFolder 3
        $database = New-TestDatabase SQLite
        $null = Invoke-Migration $database $folder
    }

    It 'loses nothing by Enter' {
        $call = Undo-Asked '' @()
        $call.Questions | Should -HaveCount 1
        $call.Questions[0] | Should -BeLike "*003_t3 removes table t3 (*Permanently delete this data from*$(Split-Path $database -Leaf)? ?No?"
        $call.Names | Should -BeNullOrEmpty
        (Get-MigrationStatus $database $folder -Summary).Applied | Should -Be 3
    }

    It 'goes on after a yes' {
        (Undo-Asked '' 0).Names | Should -Be '003_t3'
    }

    It 'asks with -Confirm, where it asks about the undo too' {
        $call = Undo-Asked '-Confirm' 0, 0
        $call.Errors | Should -BeNullOrEmpty
        $call.Questions | Should -HaveCount 2
        $call.Names | Should -Be '003_t3'
        (Undo-Asked '-Confirm' 0).Names | Should -BeNullOrEmpty
    }

    It 'refuses in place of asking with <_>' -ForEach '-Confirm:$false', '-Force' {
        $call = Undo-Asked $_ @()
        $call.Questions | Should -BeNullOrEmpty
        $call.Errors | Should -BeLike 'DataLossRefused,*'
    }
}
