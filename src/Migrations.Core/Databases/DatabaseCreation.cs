namespace Migrations.Databases;

/// <summary>How a database is created; what is null is left to the server.</summary>
public sealed record DatabaseCreation
{
    /// <summary>The role that owns it.</summary>
    public string? Owner { get; init; }

    /// <summary>Its encoding.</summary>
    public string? Encoding { get; init; }

    /// <summary>The database that it is a copy of.</summary>
    public string? Template { get; init; }

    /// <summary>Whether anything is not left to the server.</summary>
    public bool IsSpecific => (Owner ?? Encoding ?? Template) is not null;
}
