namespace Migrations.Configuration;

/// <summary>Makes the errors about the configuration file, each with its place.</summary>
internal static class ConfigurationError
{
    /// <summary>An error about what stands at a place of the file.</summary>
    public static MigrationException At(ScriptLocation place, string message, Advice nextStep, Exception? inner = null) =>
        new(ErrorId.ConfigurationInvalid, $"{place}: {message}", nextStep, inner) { Location = place };

    /// <summary>A half sentence that proposes a name, or none.</summary>
    public static string DidYouMean(string word, IEnumerable<string> names) =>
        NearName.Find(word, names) is { } meant ? $" Did you mean '{meant}'?" : "";

    /// <summary>Demands that a name is one of those that the file gives.</summary>
    public static void DemandKnown(ConfiguredValue<string> name, string what, IEnumerable<string> known)
    {
        var names = known.ToList();
        if (names.Contains(name.Value, StringComparer.Ordinal))
            return;
        throw At(
            name.Place,
            $"There is no {what} '{name.Value}' in this file.{DidYouMean(name.Value, names)}",
            names.Count == 0
                ? $"Add it under '{what}s'."
                : $"Add it under '{what}s', or name one of those that are there: {string.Join(", ", names)}."
        );
    }
}
