namespace Migrations.Cli.Help;

/// <summary>
/// The scripts that let a shell complete calls of the command. They ask the command itself, so that they never know less than it.
/// </summary>
internal static class CompletionScripts
{
    /// <summary>The shells, and the script of each.</summary>
    public static readonly (string Shell, string Script)[] All = [("bash", Bash), ("zsh", Zsh), ("fish", Fish), ("pwsh", PowerShell)];

    private const string Bash = """
        # bash completion for migrations. Load it with: source <(migrations completion bash)
        _migrations() {
            local word description
            COMPREPLY=()
            while IFS=$'\t' read -r word description; do
                if [[ $word == :files ]]; then
                    compopt -o bashdefault -o default 2>/dev/null
                    return
                fi
                COMPREPLY+=("$word")
            done < <("${COMP_WORDS[0]}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
        }
        complete -F _migrations migrations
        """;

    private const string Zsh = """
        #compdef migrations
        # zsh completion for migrations. Load it with: source <(migrations completion zsh)
        # or save it as _migrations in a folder of $fpath.
        _migrations() {
            local word description
            local -a candidates
            while IFS=$'\t' read -r word description; do
                if [[ $word == :files ]]; then
                    _files
                    return
                fi
                candidates+=("${word//:/\\:}:$description")
            done < <("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
            _describe 'migrations' candidates
        }
        if [[ $funcstack[1] == _migrations ]]; then
            _migrations "$@"
        else
            compdef _migrations migrations
        fi
        """;

    private const string Fish = """
        # fish completion for migrations. Load it with: migrations completion fish | source
        function __migrations_complete
            set -l words (commandline -opc)
            set -l current (commandline -ct)
            set -l answers ($words[1] complete -- $words[2..-1] "$current" 2>/dev/null)
            if test "$answers[1]" = :files
                __fish_complete_path "$current"
            else
                printf '%s\n' $answers
            end
        end
        complete -c migrations -f -a '(__migrations_complete)'
        """;

    private const string PowerShell = """
        # PowerShell completion for migrations. Load it with: migrations completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName migrations -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            $elements = @($commandAst.CommandElements)
            $before = $elements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition }
            $words = @($before | ForEach-Object { "$_" })
            & $elements[0].Value complete '--' @words "$wordToComplete" 2>$null | ForEach-Object {
                $word, $description = $_ -split "`t", 2
                if ($word -ne ':files') {
                    $tip = if ($description) { $description } else { $word }
                    [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $tip)
                }
            }
        }
        """;
}
