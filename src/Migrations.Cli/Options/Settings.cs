namespace Migrations.Cli.Options;

/// <summary>What the options that all commands share, and the environment variables, say.</summary>
internal sealed record Settings
{
    /// <summary>The databases as given; may hold passwords, so they are never shown.</summary>
    public required IReadOnlyList<string> Databases { get; init; }

    /// <summary>Whether an option names them, and not just the environment.</summary>
    public bool IsDatabaseGiven { get; init; }

    /// <summary>The migration folder's full path.</summary>
    public required string Folder { get; init; }

    public bool Verbose { get; init; }

    /// <summary>Only show what would be done.</summary>
    public bool WhatIf { get; init; }

    /// <summary>Questions count as answered with yes.</summary>
    public bool Yes { get; init; }

    public required MigratorOptions Migrator { get; init; }
}
