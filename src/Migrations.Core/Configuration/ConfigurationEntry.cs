namespace Migrations.Configuration;

/// <summary>A setting that is in force, and where its value comes from.</summary>
/// <param name="Service">The service that it is of; null for what is of all.</param>
/// <param name="Name">The setting, named as in the file: <c>timeouts.lock</c>.</param>
/// <param name="Value">The value, with secrets as <c>***</c>; where it cannot be found, the reason.</param>
/// <param name="Source">Where it comes from: the command line, a variable, a place in the file, or the default.</param>
public sealed record ConfigurationEntry(string? Service, string Name, string Value, string Source);
