using System.CommandLine;
using System.CommandLine.Parsing;

namespace Migrations.Cli.Options;

/// <summary>The option that gives scripts their variables.</summary>
internal sealed class VariableOption
{
    private readonly Option<ScriptVariable[]> _option = new("--variable")
    {
        HelpName = "name=value",
        Description = "The value of ${name} in the scripts; can be repeated. It wins over \"variables\" in the configuration file.",
        CustomParser = Parse,
    };

    /// <summary>The option itself.</summary>
    public Option Option => _option;

    /// <summary>What is given; null when nothing is.</summary>
    public IReadOnlyList<ScriptVariable>? Read(ParseResult parse) =>
        parse.GetResult(_option) is { Implicit: false } ? parse.GetValue(_option) : null;

    private static ScriptVariable[] Parse(ArgumentResult result)
    {
        var variables = new List<ScriptVariable>();
        foreach (var token in result.Tokens)
        {
            var at = token.Value.IndexOf('=', StringComparison.Ordinal);
            var variable = new ScriptVariable(at < 0 ? token.Value : token.Value[..at], at < 0 ? "" : token.Value[(at + 1)..]);
            if (at < 0 || !ScriptVariable.IsName(variable.Name))
                // The value may be a secret.
                result.AddError($"Invalid variable '{variable.Name}' for --variable. Expected name=value, for example schema=app.");
            else if (variables.Exists(v => string.Equals(v.Name, variable.Name, StringComparison.Ordinal)))
                result.AddError($"--variable gives '{variable.Name}' twice.");
            variables.Add(variable);
        }

        return [.. variables];
    }
}
