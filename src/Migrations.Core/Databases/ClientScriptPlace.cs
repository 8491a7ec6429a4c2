using Migrations.History;

namespace Migrations.Databases;

/// <summary>What a script is written for: the client, the database, and what it must find there.</summary>
public sealed record ClientScriptPlace
{
    /// <summary>The client.</summary>
    public required ScriptClient Client { get; init; }

    /// <summary>Whether what has been done already is left out when it is run.</summary>
    public required bool IsIdempotent { get; init; }

    /// <summary>The database.</summary>
    public required DatabaseTarget Target { get; init; }

    /// <summary>A session on it; null where it does not exist yet.</summary>
    public required IDatabaseSession? Session { get; init; }

    /// <summary>The names of the history, and how long statements may wait.</summary>
    public required SessionOptions Options { get; init; }

    /// <summary>The service; null without services.</summary>
    public required string? Service { get; init; }

    /// <summary>The last row of the service's history that is about a migration; null without one.</summary>
    public required JournalEntry? Last { get; init; }

    /// <summary>How many such rows there are.</summary>
    public required int Rows { get; init; }

    /// <summary>The names of the secret variables, each by the word that stands in the scripts in place of its value.</summary>
    public required IReadOnlyDictionary<string, string> Secrets { get; init; }
}
