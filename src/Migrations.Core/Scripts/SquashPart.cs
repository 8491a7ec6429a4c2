namespace Migrations;

/// <summary>A migration that a squash replaces.</summary>
/// <param name="Replaced">As the squash names it.</param>
internal sealed record SquashPart(ReplacedMigration Replaced)
{
    /// <summary>The migration as it is in the archive; null where it is not there, or is another than was replaced.</summary>
    public Migration? Archived { get; init; }

    /// <summary>What it replaces itself; null where it is no squash.</summary>
    public Squash? Squash { get; init; }
}
