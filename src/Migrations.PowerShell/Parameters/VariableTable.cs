using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Net;
using System.Security;

namespace Migrations.PowerShell;

/// <summary>Reads the variables of a hashtable.</summary>
internal static class VariableTable
{
    /// <summary>The variables.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.VariableInvalid"/>: a value is neither text nor number.</exception>
    public static IReadOnlyList<ScriptVariable> Read(Hashtable table) =>
        [.. table.Cast<DictionaryEntry>().Select(e => Read(Convert.ToString(e.Key, CultureInfo.InvariantCulture) ?? "", e.Value))];

    private static ScriptVariable Read(string name, object? value) =>
        (value is PSObject wrapped ? wrapped.BaseObject : value) switch
        {
            SecureString secret => new ScriptVariable(name, new NetworkCredential("", secret).Password) { IsSecret = true },
            string text => new ScriptVariable(name, text),
            IFormattable number and (ValueType and not Enum and not DateTime) => new ScriptVariable(
                name,
                number.ToString(null, CultureInfo.InvariantCulture)
            ),
            _ => throw new MigrationException(
                ErrorId.VariableInvalid,
                $"The value of the variable '{name}' is no text and no number.",
                "Give a string, a number, or a SecureString: -Variable @{ schema = 'app' }."
            ),
        };
}
