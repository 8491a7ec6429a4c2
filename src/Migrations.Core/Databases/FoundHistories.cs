using Migrations.Configuration;

namespace Migrations.Databases;

/// <summary>
/// All histories of this tool in a database. A stamp is of the database: whichever history holds it, it counts for all of them.
/// </summary>
/// <param name="Identity">What distinguishes the database from every other one, whichever address it was reached by.</param>
/// <param name="All">The histories, the session's own first.</param>
public sealed record FoundHistories(string Identity, IReadOnlyList<FoundHistory> All)
{
    /// <summary>The environment that the database is of: as its own history says, or any other; null without a stamp.</summary>
    public string? Stamp => Stamped.FirstOrDefault()?.Stamp;

    /// <summary>The histories that have a stamp.</summary>
    public IEnumerable<FoundHistory> Stamped => All.Where(h => h.Stamp is not null);

    /// <summary>The histories that this user may not read, as SQL names them: whether they have a stamp is not known.</summary>
    public IReadOnlyList<string> Unreadable { get; init; } = [];

    /// <summary>Refuses a database of which a history cannot be read, where everything in it would go.</summary>
    /// <param name="target">The database.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.PermissionDenied"/></exception>
    public void DemandReadable(DatabaseTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (Unreadable.Count > 0)
            throw new MigrationException(
                ErrorId.PermissionDenied,
                $"{target.Display} has a history that this user may not read, {string.Join(", ", Unreadable)}: which environment's "
                    + "database it is, is not known. Nothing was changed.",
                "Use a user who may read it; or give this one the right: GRANT USAGE on its schema, and GRANT SELECT on the table."
            );
    }

    /// <summary>Refuses a database that any of its histories says to be of another environment.</summary>
    /// <param name="expected">Which stamp it may have.</param>
    /// <param name="target">The database.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.StampDiffers"/></exception>
    public void Demand(ExpectedStamp expected, DatabaseTarget target)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(target);
        foreach (var history in Stamped)
            expected.Demand(history.Stamp, target.Display, history.IsOwn ? null : history.Table, history.Schema);
    }

    /// <summary>Refuses to give the database another stamp than it has, in whichever of its histories.</summary>
    /// <param name="wanted">The stamp that it is to get.</param>
    /// <param name="expected">Knows the environments by their stamps.</param>
    /// <param name="target">The database.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.StampDiffers"/></exception>
    public void DemandStampable(string wanted, ExpectedStamp expected, DatabaseTarget target)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(target);
        if (Others(wanted).FirstOrDefault() is not { } history)
            return;
        var place = ExpectedStamp.InHistory(history.IsOwn ? null : history.Table, history.Schema);
        throw new MigrationException(
            ErrorId.StampDiffers,
            $"{target.Display} is stamped '{history.Stamp}'{place}, " + $"and was to be stamped '{wanted}'. Nothing was changed.",
            $"{expected.RightDatabase(history.Stamp!)} Where that stamp is wrong, replace it with {CallOption.Restamp}."
        );
    }

    /// <summary>
    /// Refuses to replace the stamp of an environment that requires confirmation: without it, nothing protects its database any more.
    /// </summary>
    /// <param name="wanted">The stamp that it is to get.</param>
    /// <param name="expected">Knows those environments.</param>
    /// <param name="target">The database.</param>
    /// <exception cref="StampProtectedException">There is such a stamp.</exception>
    public void DemandReplaceable(string wanted, ExpectedStamp expected, DatabaseTarget target)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(target);
        var replaced = Others(wanted).Select(h => h.Stamp!).FirstOrDefault(s => expected.Protected.Contains(s, StringComparer.Ordinal));
        if (replaced is not null)
            throw new StampProtectedException(target.Display, expected.Environments.GetValueOrDefault(replaced, replaced), wanted);
    }

    /// <summary>The histories that have another stamp than this one; null: any.</summary>
    public IEnumerable<FoundHistory> Others(string? stamp) => Stamped.Where(h => !string.Equals(h.Stamp, stamp, StringComparison.Ordinal));
}
