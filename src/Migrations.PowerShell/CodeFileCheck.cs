using System.Management.Automation;
using System.Management.Automation.Language;
using Microsoft.PowerShell.Commands;

namespace Migrations.PowerShell;

/// <summary>
/// What in a PowerShell file would keep it from running: wrong syntax, a function that is missing, a value that it would ask for, and
/// what it requires (<see href="https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_requires"/>). Under the
/// migration lock it would be too late for any of them.
/// </summary>
/// <param name="file">The file, for places.</param>
/// <param name="text">Its text.</param>
/// <param name="given">The names of the values that it is given.</param>
internal sealed class CodeFileCheck(string file, string text, IReadOnlyCollection<string> given)
{
    /// <summary>What is wrong.</summary>
    /// <param name="functions">The functions that may be called, the first of which must be there; empty: the whole file runs.</param>
    /// <param name="engine">PowerShell as it is here.</param>
    public IReadOnlyList<FileProblem> Find(IReadOnlyList<string> functions, IRequiredParts engine)
    {
        var tree = Parser.ParseInput(text, file, out _, out var errors);
        if (errors.Length > 0)
            return
            [
                .. errors.Select(e =>
                    Problem(e.Extent.StartLineNumber, e.Extent.StartColumnNumber, e.Message, "Correct the syntax of the file.")
                ),
            ];
        if (functions.Count > 0 && Find(tree, functions[0]) is null)
            return
            [
                Problem(
                    1,
                    1,
                    $"The file has no function '{functions[0]}' at its top level.",
                    $"Define it: function {functions[0]} {{ ... }}"
                ),
            ];
        return
        [
            .. Missing(tree, engine),
            .. Asked(tree.ParamBlock?.Parameters, "The file"),
            .. functions.SelectMany(f => Asked(ParametersOf(Find(tree, f)), $"The function '{f}'")),
        ];
    }

    /// <summary>A function at the top level of a file.</summary>
    public static FunctionDefinitionAst? Find(ScriptBlockAst tree, string name) =>
        tree
            .EndBlock?.Statements.OfType<FunctionDefinitionAst>()
            .FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The parameters of a function, however they are declared.</summary>
    public static IEnumerable<ParameterAst>? ParametersOf(FunctionDefinitionAst? function) =>
        function?.Parameters ?? function?.Body.ParamBlock?.Parameters;

    /// <summary>The modules that a file requires.</summary>
    public static IReadOnlyList<ModuleSpecification> ModulesOf(ScriptBlockAst tree) =>
        [.. tree.ScriptRequirements?.RequiredModules ?? Enumerable.Empty<ModuleSpecification>()];

    private IEnumerable<FileProblem> Missing(ScriptBlockAst tree, IRequiredParts engine)
    {
        if (tree.ScriptRequirements is not { } needed)
            yield break;
        if (needed.RequiredPSVersion is { } version && version > engine.Version)
            yield return Required($"PowerShell {version}, and this is {engine.Version}", "Use that version of PowerShell.");
        if (needed.RequiredPSEditions is { Count: > 0 } editions && !editions.Contains("Core", StringComparer.OrdinalIgnoreCase))
            yield return Required(
                $"the edition {string.Join(", ", editions)} of PowerShell, and this is Core",
                "The module runs in PowerShell 7 only."
            );
        if (needed.IsElevationRequired && !engine.IsElevated)
            yield return Required("the rights of an administrator", "Run PowerShell as an administrator.");
        foreach (var module in ModulesOf(tree).Where(m => !engine.HasModule(m)))
            yield return Required($"the module {Text(module)}, which is not installed", $"Install it: Install-Module {module.Name}");
    }

    private static string Text(ModuleSpecification module) =>
        module switch
        {
            { RequiredVersion: { } exact } => $"{module.Name} {exact}",
            { Version: { } least } => $"{module.Name} {least} or newer",
            { MaximumVersion: { } most } => $"{module.Name} {most} or older",
            _ => module.Name,
        };

    private FileProblem Required(string what, string remedy)
    {
        var line = 1 + Array.FindIndex(text.Split('\n'), l => l.TrimStart().StartsWith("#requires", StringComparison.OrdinalIgnoreCase));
        return Problem(Math.Max(1, line), 1, $"The file requires {what}.", remedy);
    }

    /// <summary>Parameters whose values no one gives: PowerShell would ask for them.</summary>
    private IEnumerable<FileProblem> Asked(IEnumerable<ParameterAst>? parameters, string whose) =>
        (parameters ?? [])
            .Where(p => IsMandatory(p) && !given.Contains(p.Name.VariablePath.UserPath, StringComparer.OrdinalIgnoreCase))
            .Select(p =>
                Problem(
                    p.Extent.StartLineNumber,
                    p.Extent.StartColumnNumber,
                    $"{whose} has the mandatory parameter '{p.Name.VariablePath.UserPath}', for which there is no value.",
                    $"Take a value from $Variables, or declare one of: {string.Join(", ", given)}."
                )
            );

    private static bool IsMandatory(ParameterAst parameter) =>
        parameter
            .Attributes.OfType<AttributeAst>()
            .Where(a => a.TypeName.GetReflectionAttributeType() == typeof(ParameterAttribute))
            .SelectMany(a => a.NamedArguments)
            .Any(n =>
                n.ArgumentName.Equals(nameof(ParameterAttribute.Mandatory), StringComparison.OrdinalIgnoreCase)
                && (n.ExpressionOmitted || n.Argument.Extent.Text.Trim().ToUpperInvariant() is not ("$FALSE" or "0"))
            );

    private FileProblem Problem(int line, int column, string message, string remedy) =>
        new(ErrorId.CodeInvalid, new ScriptLocation(file, line, column), message, remedy);
}
