namespace Migrations.Configuration;

/// <summary>
/// The order in which the databases of a call have their turn: services after those that they depend on, and before them when migrations
/// are undone. A failure stops the services that build on the failed one, and no others.
/// </summary>
/// <param name="selected">The databases, in the order of dependency.</param>
/// <param name="undoes">Whether migrations are undone.</param>
public sealed class ServiceTurns(IReadOnlyList<SelectedDatabase> selected, bool undoes)
{
    private readonly object _gate = new();
    private readonly List<SelectedDatabase> _failed = [];
    private readonly List<SelectedDatabase> _skipped = [];

    /// <summary>The databases in their order.</summary>
    public IReadOnlyList<SelectedDatabase> InOrder { get; } = undoes ? [.. selected.Reverse()] : selected;

    /// <summary>Whether a database has its turn after another, because of what it depends on.</summary>
    public bool Follows(SelectedDatabase database, SelectedDatabase other)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(other);
        return undoes ? DependsOn(other, database) : DependsOn(database, other);
    }

    /// <summary>Notes that the work on a database failed.</summary>
    public void Fail(SelectedDatabase database)
    {
        lock (_gate)
        {
            if (!_skipped.Contains(database))
                _failed.Add(database);
        }
    }

    /// <summary>Refuses a database that builds on one whose work failed or was refused.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.ServiceSkipped"/></exception>
    public void Demand(SelectedDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        SelectedDatabase? cause;
        lock (_gate)
        {
            cause = _failed.Concat(_skipped).FirstOrDefault(f => Follows(database, f));
            if (cause is null)
                return;
            _skipped.Add(database);
        }

        throw new MigrationException(
            ErrorId.ServiceSkipped,
            $"The service '{database.Service}' was not worked on, because '{cause.Service}' "
                + $"{(undoes ? "depends on it" : "comes before it")} and was not completed.",
            "Fix the problem reported above and run the command again."
        );
    }

    /// <summary>A sentence about all services; null when there is only one.</summary>
    public string? Summary()
    {
        if (selected.Count < 2 || selected.Any(s => s.Service is null))
            return null;
        var done = selected.Count - _failed.Count - _skipped.Count;
        return $"{done} of {selected.Count} services completed{Named("failed", _failed)}{Named("not worked on", _skipped)}.";
    }

    private static string Named(string what, List<SelectedDatabase> databases) =>
        databases.Count == 0 ? "" : $"; {what}: {string.Join(", ", databases.Select(d => d.Service))}";

    private static bool DependsOn(SelectedDatabase later, SelectedDatabase earlier) =>
        earlier.Service is not null && later.DependsOn.Contains(earlier.Service, StringComparer.Ordinal);
}
