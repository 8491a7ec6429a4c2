namespace Migrations;

/// <summary>A migration that replaces others.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Parts">What it replaces, in order.</param>
internal sealed record Squash(Migration Migration, IReadOnlyList<SquashPart> Parts)
{
    /// <summary>The same with all its migrations changed, those in the archive too.</summary>
    public Squash With(Func<Migration, Migration> change) => new(change(Migration), [.. Parts.Select(p => p.With(change))]);
}
