namespace Migrations.Folders;

/// <summary>What a new migration looks like.</summary>
public sealed record CreateOptions
{
    /// <summary>The layout to use; null takes the folder's own, and the down suffix in an empty one.</summary>
    public MigrationLayout? Layout { get; init; }

    /// <summary>What the migration is written in: SQL or PowerShell.</summary>
    public MigrationKind Language { get; init; }

    /// <summary>The description for the header; null makes one of the name.</summary>
    public string? Description { get; init; }

    /// <summary>Whether no down script is requested: the header says <c>Irreversible: yes</c>, and only the up script is written.</summary>
    public bool Irreversible { get; init; }

    /// <summary>What stands in both scripts below their headers; null for a hint to write it.</summary>
    internal (string Up, string Down)? Scripts { get; init; }
}
