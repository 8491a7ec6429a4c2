using Migrations.History;

namespace Migrations.Variables;

/// <summary>Which values of variables are kept out of what is shown.</summary>
internal static class VariableSecrets
{
    // What is shorter also stands elsewhere, where it is no secret.
    private const int Shortest = 6;

    /// <summary>
    /// Keeps them out from now on: those that are given as secrets, and of the others those that are by their name, or have one in them as
    /// an address has its password.
    /// </summary>
    public static void Hide(IEnumerable<ScriptVariable> variables) => KnownSecrets.Add(variables.SelectMany(Of));

    private static IEnumerable<string> Of(ScriptVariable variable)
    {
        if (variable.IsSecret)
            return [variable.Value];
        if (SecretText.IsSecretName(variable.Name))
            return LongEnough([variable.Value]);
        return SecretText.MayHold(variable.Value)
            ? LongEnough(SecretText.Find(variable.Value).Select(s => variable.Value.Substring(s.Start, s.Length)))
            : [];
    }

    private static IEnumerable<string> LongEnough(IEnumerable<string> values) => values.Where(v => v.Length >= Shortest);
}
