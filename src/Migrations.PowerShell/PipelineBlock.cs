using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Migrations.PowerShell;

/// <summary>
/// Runs a PowerShell file, or one of its functions, on the pipeline's thread as a part of the call: in a scope of its own, with errors that
/// stop it, its output to the verbose stream, and the location and the process's directory restored afterwards.
/// </summary>
/// <param name="cmdlet">The cmdlet whose pipeline it is.</param>
/// <param name="file">The file, for places.</param>
/// <param name="text">Its text.</param>
internal sealed class PipelineBlock(PSCmdlet cmdlet, string file, string text)
{
    // The file is dot-sourced, so that its function finds what stands beside it. The function is taken from where functions are kept,
    // because an alias would come before its name, and is compared with the one in the file's syntax tree: the caller may have an 'up' too.
    private const string Whole = """
        foreach ($__migrationsModule in $__migrations.Modules) {
            Microsoft.PowerShell.Core\Import-Module -FullyQualifiedName $__migrationsModule -Verbose:$false
        }
        . $__migrations.File @__migrationsFileArguments 3>&1 4>&1 5>&1 6>&1 | & $__migrations.Take

        """;
    private const string Function = """
        $__migrations.Body = ${function:NAME}
        if ($__migrations.Body.Ast.Extent.StartOffset -ne $__migrations.Start -or $__migrations.Body.File -ne $__migrations.Path) {
            throw $__migrations.Why.Invoke($__migrations.Body)
        }
        & $__migrations.Body @__migrationsArguments 3>&1 4>&1 5>&1 6>&1 | & $__migrations.Take
        """;

    private ScriptBlock? _before;

    private static readonly ScriptBlock Take = ScriptBlock.Create("process { $__migrations.Write.Invoke($_) }");

    /// <summary>Runs it. Must be called on the pipeline's thread.</summary>
    /// <param name="function">The function at its top level; null: the whole file is what runs.</param>
    /// <param name="variables">Variables that it has; those that it declares as parameters it also gets as such.</param>
    /// <exception cref="CodeException">It failed, with line and column.</exception>
    /// <exception cref="PipelineStoppedException">The pipeline is stopping.</exception>
    public void Run(string? function, IReadOnlyDictionary<string, object?> variables)
    {
        var tree = Parser.ParseInput(text, file, out _, out _);
        var body = function is null ? null : CodeFileCheck.Find(tree, function);
        var output = new CodeOutput(cmdlet);
        var own = new Hashtable(StringComparer.OrdinalIgnoreCase)
        {
            ["File"] = tree.GetScriptBlock(),
            ["Path"] = file,
            ["Start"] = body?.Extent.StartOffset,
            ["Body"] = null,
            ["Take"] = Take,
            ["Why"] = (Func<ScriptBlock?, string>)(found => Other(function!, found)),
            ["Modules"] = CodeFileCheck.ModulesOf(tree),
            ["Write"] = (Action<object?>)output.Write,
        };
        List<PSVariable> defined =
        [
            .. variables.Select(v => new PSVariable(v.Key, v.Value)),
            new("__migrations", own),
            new("__migrationsFileArguments", Arguments(tree.ParamBlock?.Parameters, variables)),
            new("__migrationsArguments", Arguments(CodeFileCheck.ParametersOf(body), variables)),
            new("ErrorActionPreference", ActionPreference.Stop),
            new("PSNativeCommandUseErrorActionPreference", value: true),
        ];
        var call = Whole + (function is null ? "" : Function.Replace("NAME", function, StringComparison.Ordinal));
        _before = function is null ? null : (cmdlet.SessionState.PSVariable.GetValue("function:" + function) as ScriptBlock);
        using var location = new KeptLocation(cmdlet.SessionState.Path);
        using var directory = new KeptDirectory();
        try
        {
            ScriptBlock.Create(call).InvokeWithContext(functionsToDefine: null, defined);
        }
        catch (PipelineStoppedException) when (cmdlet.Stopping)
        {
            throw;
        }
        catch (FlowControlException e)
        {
            throw new CodeException($"The code ends its caller: {Word(e)} stands outside of what it could end", PlaceOf(e, tree), e);
        }
        catch (Exception e) when (e is IContainsErrorRecord)
        {
            // Also the exception of a stopped pipeline, where the code itself has thrown it: it would end the caller without an error.
            var record = ((IContainsErrorRecord)e).ErrorRecord;
            throw new CodeException(record.ToString(), PlaceOf(record, tree) ?? Place(body), e);
        }
        finally
        {
            output.ForgetErrors();
        }
    }

    /// <summary>Why what has the name of the function now is not the function at the top level of the file.</summary>
    private string Other(string function, ScriptBlock? found) =>
        found?.File is { Length: > 0 } place && (IsHere(place) || !ReferenceEquals(found.Ast, _before?.Ast))
            ? $"The function '{function}' of this file was replaced by another one, at {place}:{found.Ast.Extent.StartLineNumber}."
            : $"The file ended before its function '{function}' was defined.";

    private bool IsHere(string place) => place.Equals(file, StringComparison.OrdinalIgnoreCase);

    private static Hashtable Arguments(IEnumerable<ParameterAst>? parameters, IReadOnlyDictionary<string, object?> variables)
    {
        var arguments = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in parameters ?? [])
        {
            var name = parameter.Name.VariablePath.UserPath;
            var given = variables.Where(v => v.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
            if (given.Count > 0)
                arguments[name] = given[0].Value;
        }

        return arguments;
    }

    /// <summary>The place in the file; of an error in what it calls, the line that calls it.</summary>
    private ScriptLocation? PlaceOf(ErrorRecord record, Ast tree)
    {
        if (
            record.InvocationInfo is { ScriptLineNumber: > 0 } info
            && string.Equals(info.ScriptName, file, StringComparison.OrdinalIgnoreCase)
        )
            return new ScriptLocation(file, info.ScriptLineNumber, Math.Max(1, info.OffsetInLine));
        // 'at <name>, <file>: line 3', the innermost call first.
        var mark = ", " + file + ": line ";
        foreach (var call in (record.ScriptStackTrace ?? "").Split('\n'))
        {
            var at = call.IndexOf(mark, StringComparison.OrdinalIgnoreCase);
            if (at >= 0 && int.TryParse(call.AsSpan(at + mark.Length).Trim(), out var line))
                return Place(First(tree, s => s is StatementAst && s.Extent.StartLineNumber == line)) ?? new ScriptLocation(file, line);
        }

        return null;
    }

    /// <summary>The statement that ends more than it may: the first of its kind.</summary>
    private ScriptLocation? PlaceOf(FlowControlException e, Ast tree) =>
        Place(
            First(
                tree,
                s =>
                    Word(e) is "'exit'" ? s is ExitStatementAst
                    : Word(e) is "'break'" ? s is BreakStatementAst
                    : s is ContinueStatementAst
            )
        );

    private static Ast? First(Ast tree, Func<Ast, bool> wanted) => tree.Find(wanted, searchNestedScriptBlocks: true);

    private ScriptLocation? Place(Ast? ast) =>
        ast is null ? null : new ScriptLocation(file, ast.Extent.StartLineNumber, ast.Extent.StartColumnNumber);

    private static string Word(FlowControlException e) =>
        e.GetType().Name switch
        {
            "ExitException" => "'exit'",
            "BreakException" => "'break'",
            "ContinueException" => "'continue'",
            var name => name,
        };
}
