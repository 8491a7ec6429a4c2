using Migrations.Databases;

namespace Migrations.Planning;

/// <summary>A request to bring a database to where an application can start.</summary>
public sealed record InitializationRequest
{
    /// <summary>How a database that does not exist is created; null: that is an error.</summary>
    public DatabaseCreation? Create { get; init; }

    /// <summary>
    /// The table whose presence says that the init script has run; null: the history says it. Without meaning for a folder of migrations.
    /// </summary>
    public string? Marker { get; init; }

    /// <summary>Whether <c>seed.sql</c>, beside the script or in the folder, runs once.</summary>
    public bool Seed { get; init; }

    /// <summary>Whether the environment requires confirmation: then no seed runs.</summary>
    public bool IsProtected { get; init; }

    /// <summary>Whether the seed runs all the same.</summary>
    public bool Force { get; init; }

    /// <summary>Whether the init script and the seed may delete rows or values for good.</summary>
    public bool AcceptDataLoss { get; init; }

    /// <summary>The environment that the database is stamped with; null: the stamp stays as it is.</summary>
    public string? Stamp { get; init; }

    /// <summary>Whether the stamp may take the place of another one.</summary>
    public bool ReplacesStamp { get; init; }

    /// <summary>Whether that other stamp may be one of an environment that requires confirmation, as a person or the call has
    /// confirmed.</summary>
    public bool ReplacesProtectedStamp { get; init; }

    /// <summary>How pending migrations are applied.</summary>
    public ApplyRequest Apply { get; init; } = new();
}
