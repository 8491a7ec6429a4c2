using System.IO.Enumeration;

namespace Migrations.Databases;

/// <summary>What a driver writes, and where to. A single file is flushed to disk by who asked for it; a folder by the driver.</summary>
public sealed record BackupJob
{
    /// <summary>The file, or the folder for <see cref="BackupFormat.Directory"/>. Does not exist yet; its parent does.</summary>
    public required string Path { get; init; }

    /// <summary>The format.</summary>
    public BackupFormat Format { get; init; } = BackupFormat.Native;

    /// <summary>How many jobs write at once; more than 1 only with <see cref="BackupFormat.Directory"/>.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Whether rows are counted, in the same snapshot.</summary>
    public bool CountRows { get; init; } = true;

    /// <summary>Whether tables are digested, in the same snapshot.</summary>
    public bool Digests { get; init; }

    /// <summary>
    /// The tables that are left out, as patterns of their names with <c>*</c> and <c>?</c>; with <see cref="BackupFormat.Sql"/> only.
    /// </summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Where roles and other cluster-wide objects are written; null when they are not wanted.</summary>
    public string? GlobalsPath { get; init; }

    /// <summary>How to connect, which tables are the history's, and where progress goes.</summary>
    public SessionOptions Session { get; init; } = new();

    /// <summary>Whether a table of this name is left out.</summary>
    public bool IsExcluded(string table) => Exclude.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, table));
}
