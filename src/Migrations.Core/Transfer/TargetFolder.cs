namespace Migrations.Transfer;

/// <summary>The migrations that make the tables of a copy's target.</summary>
/// <param name="Migrations">The migrations: a folder's path, or scripts that an assembly carries.</param>
/// <param name="Options">How they are read, and whose they are. How to connect is the copy's own.</param>
public sealed record TargetFolder(MigrationSource Migrations, MigratorOptions Options);
