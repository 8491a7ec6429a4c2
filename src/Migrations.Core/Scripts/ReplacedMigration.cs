namespace Migrations;

/// <summary>A migration that another one replaces, as the header of that one names it.</summary>
/// <param name="Name">Version and name, as the file wrote them.</param>
/// <param name="Version">The version; null where the name has none.</param>
/// <param name="Checksum">The checksum of its up script.</param>
/// <param name="By">The squash that replaced it before, and was replaced then itself; null where it was not.</param>
public sealed record ReplacedMigration(string Name, MigrationVersion? Version, string Checksum, string? By = null);
