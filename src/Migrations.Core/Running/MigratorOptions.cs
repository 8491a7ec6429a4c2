using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Folders;

namespace Migrations;

/// <summary>How a <see cref="Migrator"/> reads its folder and talks to its database.</summary>
public sealed record MigratorOptions
{
    /// <summary>The service whose migrations these are; null without services.</summary>
    public string? Service { get; init; }

    /// <summary>What rows of the history that belong to no service mean to this one.</summary>
    public UnassignedRows Unassigned { get; init; }

    /// <summary>The environment, for migrations that name theirs; null runs only those that name none.</summary>
    public string? Environment { get; init; }

    /// <summary>Which stamp the database may have, where something is taken away from it: by an undo.</summary>
    public ExpectedStamp Stamp { get; init; } = ExpectedStamp.Any;

    /// <summary>How the folder is read.</summary>
    public FolderOptions Folder { get; init; } = new();

    /// <summary>How the session connects, waits and reports. Its access is chosen by each call.</summary>
    public SessionOptions Session { get; init; } = new();
}
