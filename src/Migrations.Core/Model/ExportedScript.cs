namespace Migrations;

/// <summary>A script that was written for a client to run.</summary>
public sealed record ExportedScript
{
    /// <summary>The database as shown to people.</summary>
    public required string Database { get; init; }

    /// <summary>The service; null without services.</summary>
    public string? Service { get; init; }

    /// <summary>The client that it is for.</summary>
    public required ScriptClient Client { get; init; }

    /// <summary>Whether it applies or rolls back.</summary>
    public required MigrationDirection Direction { get; init; }

    /// <summary>Whether it leaves out, when it is run, what has been done already.</summary>
    public required bool IsIdempotent { get; init; }

    /// <summary>The full names of the migrations in it, in order.</summary>
    public required IReadOnlyList<string> Migrations { get; init; }

    /// <summary>The variables that the client must be given, because their values are secret.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>The file that it was written to; null when it was not written to one.</summary>
    public string? File { get; init; }
}
