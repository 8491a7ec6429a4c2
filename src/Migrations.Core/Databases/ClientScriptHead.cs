namespace Migrations.Databases;

/// <summary>What stands above the parts of a script.</summary>
/// <param name="Comments">What it says about itself, one line each.</param>
/// <param name="Direction">Whether it applies or rolls back.</param>
/// <param name="Migrations">The migrations in it, in order.</param>
public sealed record ClientScriptHead(IReadOnlyList<string> Comments, MigrationDirection Direction, IReadOnlyList<Migration> Migrations);
