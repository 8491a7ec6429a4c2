namespace Migrations.Planning;

/// <summary>
/// The databases that the turns of one call have come to, and which of them are cleared. Several services may share a database, by
/// whatever addresses: it is cleared in the turn of the first, and where that does not clear it, no other does.
/// </summary>
public sealed class ClearedDatabases
{
    private readonly Dictionary<string, (string? Service, bool IsDone)> _turns = new(StringComparer.Ordinal);

    /// <summary>Whether the call only says what it would do: then what is planned counts as cleared.</summary>
    public bool IsPlan { get; init; }

    /// <summary>Begins the turn of a service on a database.</summary>
    /// <param name="identity">What distinguishes the database from every other one.</param>
    /// <param name="service">The service; null without services.</param>
    /// <param name="display">The database as it is shown.</param>
    /// <returns>Whether the turn of another service has cleared it.</returns>
    /// <exception cref="MigrationException"><see cref="ErrorId.ServiceSkipped"/>: the turn of another service has not.</exception>
    internal bool Begin(string identity, string? service, string display)
    {
        if (!_turns.TryGetValue(identity, out var turn))
            _turns[identity] = turn = (service, IsPlan);
        if (string.Equals(turn.Service, service, StringComparison.Ordinal))
            return false;
        if (turn.IsDone)
            return true;
        throw new MigrationException(
            ErrorId.ServiceSkipped,
            $"{display} was not cleared for '{service}': it is the database of '{turn.Service}' too, and was not cleared for that.",
            "Fix the problem reported above and run the command again."
        );
    }

    /// <summary>The database is empty.</summary>
    internal void Done(string identity, string? service) => _turns[identity] = (service, IsDone: true);
}
