using System.Security.Cryptography;
using Migrations.Folders;

namespace Migrations.Exporting;

/// <summary>Puts words in place of the values of secret variables, so that no value can reach a script, wherever it stands.</summary>
internal static class SecretWords
{
    /// <summary>How the folder is read.</summary>
    /// <param name="options">As the call says.</param>
    /// <param name="names">The names of the variables, by the words.</param>
    public static FolderOptions Replace(FolderOptions options, out IReadOnlyDictionary<string, string> names)
    {
        var words = new Dictionary<string, string>(StringComparer.Ordinal);
        names = words;
        if (options.Variables is not { } variables || !variables.Variables.Any(v => v.IsSecret))
            return options;
        return options with { Variables = new VariableSet(variables.Variables.Select(v => v.IsSecret ? Hidden(v) : v)) };

        ScriptVariable Hidden(ScriptVariable variable)
        {
            var word = "secret_" + Convert.ToHexString(RandomNumberGenerator.GetBytes(12)).ToLowerInvariant();
            words.Add(word, variable.Name);
            return new ScriptVariable(variable.Name, word);
        }
    }
}
