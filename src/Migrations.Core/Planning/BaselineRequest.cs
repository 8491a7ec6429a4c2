namespace Migrations.Planning;

/// <summary>From where migrations count as applied in a database whose schema exists already.</summary>
public sealed record BaselineRequest
{
    /// <summary>The last migration that the schema already holds (a version, a semantic version or a name).</summary>
    public required string Target { get; init; }
}
