using System.Text;

namespace Migrations.Configuration;

/// <summary>
/// Replaces the references in texts of the configuration: <c>${NAME}</c> and <c>${NAME:-default}</c> are variables of the environment,
/// <c>${file:path}</c> is the line of a file, <c>${secret:vault/name}</c> a secret of SecretManagement; <c>$${</c> stands for <c>${</c>.
/// Each is looked up when its text is needed, and once.
/// </summary>
/// <param name="folder">The folder that the paths of files start from.</param>
/// <param name="secrets">Looks up a secret by its vault and its name; null where there is no SecretManagement.</param>
public sealed class ConfigurationReferences(string folder, Func<string, string, string>? secrets)
{
    private const string Hidden = "***";
    private readonly Dictionary<string, string> _found = new(StringComparer.Ordinal);

    /// <summary>The text with its references replaced. It may hold a secret.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ConfigurationInvalid"/>: a reference is malformed, or leads to
    /// nothing.</exception>
    public string Expand(ConfiguredValue<string> text) => Replace(text, reference => Find(reference, text.Place));

    /// <summary>The full path that a text names, from the folder of the configuration.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ConfigurationInvalid"/>: as for <see cref="Expand"/>.</exception>
    public string PathOf(ConfiguredValue<string> text) => Path.GetFullPath(Expand(text), folder);

    /// <summary>The text as it may be shown: what comes from files and vaults is hidden.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ConfigurationInvalid"/>: as for <see cref="Expand"/>.</exception>
    public string Show(ConfiguredValue<string> text) =>
        Replace(text, reference => IsSecret(reference) ? Hidden : Find(reference, text.Place));

    /// <summary>The text with nothing of what its references stand for: in a container, secrets are in the environment too.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ConfigurationInvalid"/>: as for <see cref="Expand"/>.</exception>
    public string ShowWithout(ConfiguredValue<string> text) =>
        Replace(
            text,
            reference =>
            {
                if (!IsSecret(reference))
                    _ = Find(reference, text.Place);
                return Hidden;
            }
        );

    /// <summary>Whether something of a text comes from a file or a vault.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ConfigurationInvalid"/>: a reference is malformed.</exception>
    public static bool HasSecret(ConfiguredValue<string> text)
    {
        var found = false;
        _ = Replace(
            text,
            reference =>
            {
                found |= IsSecret(reference);
                return "";
            }
        );
        return found;
    }

    /// <summary>Whether a text has a reference to this variable.</summary>
    internal static bool Names(string text, string variable) =>
        text.Contains($"${{{variable}}}", StringComparison.Ordinal) || text.Contains($"${{{variable}:-", StringComparison.Ordinal);

    /// <summary>Whether looking up its references may ask SecretManagement, and through it a person.</summary>
    internal static bool AsksVault(string text) => text.Contains("${secret:", StringComparison.Ordinal);

    private static bool IsSecret(string reference) =>
        reference.StartsWith("file:", StringComparison.Ordinal) || reference.StartsWith("secret:", StringComparison.Ordinal);

    private static string Replace(ConfiguredValue<string> text, Func<string, string> find)
    {
        ArgumentNullException.ThrowIfNull(text);
        var rest = text.Value.AsSpan();
        var result = new StringBuilder();
        for (var at = rest.IndexOf("${"); at >= 0; at = rest.IndexOf("${"))
        {
            if (at > 0 && rest[at - 1] == '$')
            {
                result.Append(rest[..(at - 1)]).Append("${");
                rest = rest[(at + 2)..];
                continue;
            }

            result.Append(rest[..at]);
            rest = rest[(at + 2)..];
            var end = rest.IndexOf('}');
            if (end < 0)
                throw Malformed(text.Place, "A reference begins with '${' and has no '}'.");
            result.Append(find(rest[..end].ToString()));
            rest = rest[(end + 1)..];
        }

        return result.Append(rest).ToString();
    }

    private string Find(string reference, ScriptLocation place)
    {
        if (_found.TryGetValue(reference, out var known))
            return known;
        var found =
            reference.StartsWith("file:", StringComparison.Ordinal) ? ReadFile(reference["file:".Length..], place)
            : reference.StartsWith("secret:", StringComparison.Ordinal) ? ReadSecret(reference["secret:".Length..], place)
            : ReadVariable(reference, place);
        _found.Add(reference, found);
        return found;
    }

    private static string ReadVariable(string reference, ScriptLocation place)
    {
        var mark = reference.IndexOf(":-", StringComparison.Ordinal);
        var name = mark < 0 ? reference : reference[..mark];
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            throw Malformed(
                place,
                name.Length > 0 && !name.Contains(':', StringComparison.Ordinal) && !name.Contains('$', StringComparison.Ordinal)
                    ? $"'{name}' cannot be the name of an environment variable: it has letters, digits and '_', and begins with no digit."
                    : "A reference names no variable, file or secret."
            );
        if (mark >= 0 && reference.Contains("${", StringComparison.Ordinal))
            throw Malformed(place, $"The default of '${{{name}}}' has a reference in it.");
        if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            return value;
        return mark >= 0
            ? reference[(mark + 2)..]
            : throw ConfigurationError.At(
                place,
                $"The environment variable {name} is not set.",
                $"Set {name}, or write a default: ${{{name}:-value}}."
            );
    }

    private string ReadFile(string path, ScriptLocation place)
    {
        if (path.AsSpan().Trim().Length == 0)
            throw Malformed(place, "A reference to a file has no path.");
        return SecretFile.Read(
            Path.Combine(folder, path),
            (reason, inner) =>
                ConfigurationError.At(
                    place,
                    $"The reference to a file cannot be read: {reason}.",
                    "Put one line into the file, or correct its path.",
                    inner
                )
        );
    }

    private string ReadSecret(string path, ScriptLocation place)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == path.Length - 1)
            throw Malformed(place, "A reference to a secret names no vault or no secret.");
        var (vault, name) = (path[..slash], path[(slash + 1)..]);
        if (secrets is null)
        {
            throw ConfigurationError.At(
                place,
                $"The secret '{name}' of the vault '{vault}' can be read by the PowerShell module only.",
                "Use the cmdlets, or give the command the secret by a variable (${NAME}) or a file (${file:path})."
            );
        }

        try
        {
            return secrets(vault, name);
        }
        catch (MigrationException e)
        {
            throw ConfigurationError.At(place, e.Message, e.NextStep, e.InnerException);
        }
    }

    private static MigrationException Malformed(ScriptLocation place, string message) =>
        ConfigurationError.At(
            place,
            message,
            "Write ${NAME}, ${NAME:-default}, ${file:path} or ${secret:vault/name}; $${ stands for ${ itself."
        );
}
