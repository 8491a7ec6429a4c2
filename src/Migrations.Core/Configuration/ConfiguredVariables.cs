namespace Migrations.Configuration;

/// <summary>The variables of a call: those that it gives, and for all other names those of the configuration.</summary>
public static class ConfiguredVariables
{
    /// <summary>Finds them, with the references in their values replaced; null where neither says anything of variables.</summary>
    /// <param name="settings">What holds for the database.</param>
    /// <param name="references">Replaces references.</param>
    /// <param name="given">Those of the call; null when it says nothing of variables.</param>
    /// <exception cref="MigrationException">A reference leads to nothing (<see cref="ErrorId.ConfigurationInvalid"/>), or a variable cannot
    /// be one (<see cref="ErrorId.VariableInvalid"/>).</exception>
    public static VariableSet? Find(
        ConfigurationSettings settings,
        ConfigurationReferences references,
        IReadOnlyList<ScriptVariable>? given
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(references);
        if (settings.Variables is null && given is null)
            return null;
        var own = given ?? [];
        var others = (settings.Variables ?? new Dictionary<string, ConfiguredValue<string>>(StringComparer.Ordinal)).Where(v =>
            !own.Any(o => string.Equals(o.Name, v.Key, StringComparison.Ordinal))
        );
        return new VariableSet([.. own, .. others.Select(v => Read(v.Key, v.Value, references))]);
    }

    private static ScriptVariable Read(string name, ConfiguredValue<string> value, ConfigurationReferences references)
    {
        var variable = new ScriptVariable(name, references.Expand(value)) { IsSecret = ConfigurationReferences.HasSecret(value) };
        try
        {
            VariableSet.Check(variable);
            return variable;
        }
        catch (MigrationException e)
        {
            throw ConfigurationError.At(value.Place, e.Message, e.NextStep, e);
        }
    }
}
