namespace Migrations.Configuration;

/// <summary>A member of an object of the configuration file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Place">Where the name stands.</param>
/// <param name="Value">Its value.</param>
internal sealed record ConfigurationMember(string Name, ScriptLocation Place, ConfigurationNode Value);
