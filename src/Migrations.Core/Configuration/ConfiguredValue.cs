namespace Migrations.Configuration;

/// <summary>A value of the configuration file, and where it stands there.</summary>
/// <param name="Value">The value; of a text as it is written, its references not yet replaced.</param>
/// <param name="Place">File, line and column.</param>
public sealed record ConfiguredValue<T>(T Value, ScriptLocation Place);
