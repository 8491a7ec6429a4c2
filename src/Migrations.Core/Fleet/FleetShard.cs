using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Migrations.Configuration;

namespace Migrations.Fleet;

/// <summary>
/// The share of a fleet that one of several machines works on. Who takes a database is decided by the database alone (rendezvous hashing,
/// <see href="https://en.wikipedia.org/wiki/Rendezvous_hashing"/>): machines need not talk to one another, and with another number of them
/// only as many databases move as have to.
/// </summary>
public sealed record FleetShard
{
    /// <summary>Stands for the share that the build service names.</summary>
    public const string Automatic = "auto";

    // Azure DevOps (https://learn.microsoft.com/azure/devops/pipelines/build/variables)
    // and GitLab (https://docs.gitlab.com/ci/variables/predefined_variables/).
    private static readonly (string Position, string Total)[] Services =
    [
        ("SYSTEM_JOBPOSITIONINPHASE", "SYSTEM_TOTALJOBSINPHASE"),
        ("CI_NODE_INDEX", "CI_NODE_TOTAL"),
    ];

    private FleetShard(int position, int total)
    {
        Position = position;
        Total = total;
    }

    /// <summary>Which share it is, from 1.</summary>
    public int Position { get; }

    /// <summary>How many shares there are.</summary>
    public int Total { get; }

    /// <summary>Reads a share.</summary>
    /// <param name="text"><c>3/8</c> for the third of eight, or <see cref="Automatic"/>.</param>
    /// <param name="variable">The value of an environment variable; null where it is not set.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: it is neither, or no build service names one.</exception>
    public static FleetShard Parse(string text, Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(variable);
        if (string.Equals(text, Automatic, StringComparison.OrdinalIgnoreCase))
            return Find(variable);
        var parts = text.Split('/');
        return parts.Length == 2 && Of(parts[0], parts[1]) is { } shard
            ? shard
            : throw Invalid($"'{text}' is no shard: it is a position from 1 on and the number of shards, for example 3/8.");
    }

    /// <summary>What decides who takes a database: where it is, and not who connects to it.</summary>
    public static string IdentityOf(DatabaseTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return target.Server is { } server ? $"{server}/{target.Database}" : target.Display;
    }

    /// <summary>Whether a database belongs to this share.</summary>
    public bool Takes(DatabaseTarget target)
    {
        var identity = IdentityOf(target);
        return Enumerable.Range(1, Total).MaxBy(position => Weight(identity, position)) == Position;
    }

    /// <summary>The databases of this share, in the order of their turns.</summary>
    /// <param name="members">All databases of the fleet.</param>
    /// <param name="turns">Which services come before which.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: services would have to wait for those of another share.
    /// </exception>
    public IReadOnlyList<FleetMember> Of(IReadOnlyList<FleetMember> members, ServiceTurns turns)
    {
        ArgumentNullException.ThrowIfNull(turns);
        if (turns.InOrder.FirstOrDefault(one => turns.InOrder.Any(other => turns.Follows(one, other))) is { } dependent)
        {
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"The service '{dependent.Service}' depends on another one of the call, and shards do not wait for one another.",
                "Work on services that depend on one another without shards, or on one service in each call."
            );
        }

        return [.. members.Where(member => Takes(member.Target))];
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Position}/{Total}");

    private static FleetShard Find(Func<string, string?> variable)
    {
        foreach (var (position, total) in Services)
        {
            if (variable(position) is { } p && variable(total) is { } t)
                return Of(p, t) ?? throw Invalid($"{position} and {total} name no shard: '{p}' of '{t}'.");
        }

        throw Invalid(
            "No build service names a shard: neither SYSTEM_JOBPOSITIONINPHASE and SYSTEM_TOTALJOBSINPHASE (Azure DevOps) "
                + "nor CI_NODE_INDEX and CI_NODE_TOTAL (GitLab) are set."
        );
    }

    private static FleetShard? Of(string position, string total) =>
        int.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var p)
        && int.TryParse(total, NumberStyles.None, CultureInfo.InvariantCulture, out var t)
        && p >= 1
        && p <= t
            ? new FleetShard(p, t)
            : null;

    private static ulong Weight(string identity, int position)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{position}\n{identity}")), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }

    private static MigrationException Invalid(string message) =>
        new(ErrorId.UsageInvalid, message, "Name the shard as position and number, for example 3/8 on the third of eight agents.");
}
