namespace Migrations;

/// <summary>A migration that a squash replaces.</summary>
/// <param name="Replaced">As the squash names it.</param>
internal sealed record SquashPart(ReplacedMigration Replaced)
{
    /// <summary>The migration as it is in the archive; null where it is not there, or is another than was replaced.</summary>
    public Migration? Archived { get; init; }

    /// <summary>What it replaced itself; empty where it is no squash.</summary>
    public IReadOnlyList<SquashPart> Parts { get; init; } = [];

    /// <summary>The same with all its migrations changed.</summary>
    public SquashPart With(Func<Migration, Migration> change) =>
        this with
        {
            Archived = Archived is null ? null : change(Archived),
            Parts = [.. Parts.Select(p => p.With(change))],
        };
}
