namespace Migrations.Databases;

/// <summary>What scratch database is wanted.</summary>
public sealed record ScratchRequest
{
    /// <summary>The database it stands for: copied from, or on whose server it is made; null when there is none (a backup that is verified on its own).</summary>
    public DatabaseTarget? Origin { get; init; }

    /// <summary>What it holds at the start.</summary>
    public ScratchContent Content { get; init; } = ScratchContent.Empty;

    /// <summary>Another server on which it is made (a database there to connect to first); null for the origin's.</summary>
    public DatabaseTarget? Server { get; init; }

    /// <summary>How to connect, and which history tables go with a copy.</summary>
    public SessionOptions Session { get; init; } = new();
}
