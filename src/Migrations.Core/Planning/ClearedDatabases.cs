namespace Migrations.Planning;

/// <summary>
/// The databases that the turns of one call have come to, and which of them are cleared. Several services may share a database, by
/// whatever addresses: it is cleared in the turn of the first, and where that does not clear it, no other does.
/// </summary>
public sealed class ClearedDatabases
{
    private readonly Dictionary<string, (string? Service, bool IsDone)> _turns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(string? Service, MigrationException? Fault)>> _foreseen = new(StringComparer.Ordinal);

    /// <summary>Whether the call only says what it would do: then what is planned counts as cleared.</summary>
    public bool IsPlan { get; init; }

    /// <summary>Notes a turn that is to come, in the order of the turns.</summary>
    /// <param name="identity">What distinguishes the database from every other one.</param>
    /// <param name="service">The service; null without services.</param>
    /// <param name="fault">Why what follows the clearing cannot run; null when it can.</param>
    internal void Foresee(string identity, string? service, MigrationException? fault)
    {
        if (!_foreseen.TryGetValue(identity, out var turns))
            _foreseen[identity] = turns = [];
        turns.Add((service, fault));
    }

    /// <summary>Begins the turn of a service on a database.</summary>
    /// <param name="identity">What distinguishes the database from every other one.</param>
    /// <param name="service">The service; null without services.</param>
    /// <param name="display">The database as it is shown.</param>
    /// <returns>Whether an earlier turn has cleared it.</returns>
    /// <exception cref="MigrationException"><see cref="ErrorId.ServiceSkipped"/>: the turn of another service has not, or what another
    /// one is to apply afterwards cannot run.</exception>
    internal bool Begin(string identity, string? service, string display)
    {
        var foreseen = _foreseen.GetValueOrDefault(identity) ?? [];
        if (!_turns.TryGetValue(identity, out var turn))
        {
            // That of the first, also where it was left out because of another service that failed.
            var first = foreseen.Count > 0 ? foreseen[0].Service : service;
            _turns[identity] = turn = (first, IsPlan && string.Equals(first, service, StringComparison.Ordinal));
        }

        if (string.Equals(turn.Service, service, StringComparison.Ordinal))
        {
            DemandOthers(foreseen, service, display);
            return turn.IsDone && !IsPlan;
        }

        if (turn.IsDone)
            return true;
        throw new MigrationException(
            ErrorId.ServiceSkipped,
            $"{display} was not cleared for '{service}': it is the database of '{turn.Service}' too, and was not cleared for that.",
            "Fix the problem reported above and run the command again."
        );
    }

    private static void DemandOthers(List<(string? Service, MigrationException? Fault)> foreseen, string? service, string display)
    {
        foreach (var (other, fault) in foreseen)
        {
            if (fault is not null && !string.Equals(other, service, StringComparison.Ordinal))
                throw new MigrationException(
                    ErrorId.ServiceSkipped,
                    $"{display} was not cleared for '{service}': it is the database of '{other}' too, which could not be built up "
                        + $"again: {fault.Message}",
                    fault.NextStep,
                    fault
                );
        }
    }

    /// <summary>The database is empty.</summary>
    internal void Done(string identity, string? service) => _turns[identity] = (service, IsDone: true);
}
