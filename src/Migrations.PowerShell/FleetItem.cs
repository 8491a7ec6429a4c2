using Migrations.Configuration;
using Migrations.Databases;

namespace Migrations.PowerShell;

/// <summary>A database of a fleet on its way to the pipeline that works on it: with all that the call has found out about it.</summary>
/// <param name="Selected">What the call and the configuration say of it.</param>
/// <param name="Resolved">The database, with its credential, and its driver.</param>
internal sealed record FleetItem(SelectedDatabase Selected, (IDatabaseDriver Driver, DatabaseTarget Target) Resolved) : IHasTarget
{
    /// <summary>The services that the call is about.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>The objects that brought it; none where a text names it.</summary>
    public IReadOnlyList<IHasTarget> Objects { get; init; } = [];

    /// <summary>The folder and the service that the objects bring.</summary>
    public (string? Folder, string? Service) Place { get; init; }

    /// <inheritdoc/>
    public string Database => Resolved.Target.Display;

    /// <inheritdoc/>
    public DatabaseTarget? Target => Resolved.Target;
}
