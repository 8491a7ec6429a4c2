namespace Migrations.Backup;

/// <summary>What a restore did.</summary>
/// <param name="Kept">Where the old state is kept: a file, or a database's name; null when there was none.</param>
/// <param name="How">The way it went, in a few words, for example <c>copied into the open file</c>.</param>
public sealed record RestoreOutcome(string? Kept, string How);
