using Migrations.History;

namespace Migrations.Planning;

/// <summary>A migration of the folder that the history knows under another name.</summary>
/// <param name="Migration">The migration as the folder has it now.</param>
/// <param name="Record">What the history knows.</param>
public sealed record RenamedMigration(Migration Migration, HistoryRecord Record)
{
    /// <summary>Whether it is known by something else now: then the history must record that before anything runs.</summary>
    public bool IsRenumbered => Migration.Key != Record.Key;
}
