namespace Migrations;

/// <summary>
/// The values that scripts take by their names. With a set, also an empty one, <c>${name}</c> in a script is such a name; without one, no
/// script is changed.
/// </summary>
public sealed class VariableSet
{
    private readonly Dictionary<string, ScriptVariable> _variables = new(StringComparer.Ordinal);

    /// <summary>Creates a set.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.VariableInvalid"/>: a name or a value cannot be one, or a name occurs
    /// twice.</exception>
    public VariableSet(IEnumerable<ScriptVariable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        foreach (var variable in variables)
        {
            Check(variable);
            if (!_variables.TryAdd(variable.Name, variable))
                throw Invalid($"The variable '{variable.Name}' is given twice.", "Give each variable once.");
        }
    }

    /// <summary>The variables, by name.</summary>
    public IReadOnlyCollection<ScriptVariable> Variables => _variables.Values;

    /// <summary>A variable; null without one of that name.</summary>
    public ScriptVariable? Find(string name) => _variables.GetValueOrDefault(name);

    /// <summary>Refuses what cannot be a variable.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.VariableInvalid"/></exception>
    public static void Check(ScriptVariable variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        if (!ScriptVariable.IsName(variable.Name))
        {
            throw Invalid(
                $"'{variable.Name}' cannot be the name of a variable.",
                "Use letters, digits and '_', and begin with a letter or '_'."
            );
        }

        // A line end would move every place behind it, and a zero ends a text for SQLite.
        if (variable.Value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)
        {
            throw Invalid(
                $"The value of the variable '{variable.Name}' has a line end in it.",
                "Give a value of one line. What needs several lines belongs in the script."
            );
        }
    }

    private static MigrationException Invalid(string message, Advice nextStep) => new(ErrorId.VariableInvalid, message, nextStep);
}
