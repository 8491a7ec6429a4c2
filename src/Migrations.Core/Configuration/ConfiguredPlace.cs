namespace Migrations.Configuration;

/// <summary>A value of the configuration file that errors may be about.</summary>
/// <param name="Value">The value and its place.</param>
/// <param name="Shown">What errors name where they are about it: a path, or a database as it is shown.</param>
internal sealed record ConfiguredPlace(ConfiguredValue<string> Value, Func<string> Shown)
{
    /// <summary>Whether an error is about the value.</summary>
    public bool IsMeantBy(MigrationException error)
    {
        // A vault is not asked again to explain an error.
        if (ConfigurationReferences.AsksVault(Value.Value))
            return false;
        try
        {
            return Shown() is { Length: > 0 } shown && error.Message.Contains(shown, StringComparison.Ordinal);
        }
        catch (MigrationException)
        {
            return false;
        }
    }
}
