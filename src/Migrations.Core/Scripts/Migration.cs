namespace Migrations;

/// <summary>One numbered change in a migration folder: version, name, an up script and mostly a down script.</summary>
public sealed record Migration
{
    /// <summary>What the history knows it by.</summary>
    public required MigrationKey Key { get; init; }

    /// <summary>Its version; null for a repeatable migration.</summary>
    public required MigrationVersion? Version { get; init; }

    /// <summary>Its name without version and suffixes, for example <c>initial_schema</c>; empty when the file has none.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Version and name as the file writes them, for example <c>001_initial_schema</c>: how listings and messages call it.
    /// </summary>
    public required string FullName { get; init; }

    /// <summary>The layout it was found in.</summary>
    public required MigrationLayout Layout { get; init; }

    /// <summary>The script that applies it.</summary>
    public required MigrationScript Up { get; init; }

    /// <summary>The script that rolls it back; null without one.</summary>
    public MigrationScript? Down { get; init; }

    /// <summary>What it is written in.</summary>
    public MigrationKind Kind => Up.Code?.Kind ?? MigrationKind.Sql;

    /// <summary>Whether one of its halves is code.</summary>
    internal bool IsCode => Up.Code is not null || Down?.Code is not null;

    /// <summary>
    /// Whether it stands for a squash in a database where what it replaces has run: applying it only records that, and runs nothing.
    /// </summary>
    internal bool IsSquashRecord { get; init; }

    /// <summary>Whether it runs again whenever its script changes, after all versioned ones.</summary>
    public bool IsRepeatable => Version is null && Layout == MigrationLayout.Versioned;

    /// <summary>Whether it can be undone: it has a down script with a statement in it.</summary>
    public bool HasUndo => Down is { IsEmpty: false };

    /// <summary>Whether it has no undo and says so itself (<c>Irreversible: yes</c>), so that none is missing.</summary>
    public bool IsIrreversible => !HasUndo && Header.Irreversible;

    /// <summary>The header of its up script.</summary>
    public MigrationHeader Header => Up.Header;

    /// <summary>The half for a direction; null when there is no down script.</summary>
    public MigrationScript? Script(MigrationDirection direction) => direction == MigrationDirection.Up ? Up : Down;

    /// <inheritdoc/>
    public override string ToString() => FullName;
}
