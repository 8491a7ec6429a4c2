using Migrations.Databases;
using Migrations.Schema;

namespace Migrations.Generating;

/// <summary>What a scratch database holds after a replay.</summary>
/// <param name="Schema">Its schema.</param>
/// <param name="Values">What its tables hold.</param>
/// <param name="Counters">The statements that set the numbers from which the next ones are given.</param>
internal sealed record SquashState(SchemaSnapshot Schema, IReadOnlyList<TableValues> Values, IReadOnlyList<string> Counters)
{
    /// <summary>Why nothing can be made of it, in sentences; empty where something can.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>The tables, and what else holds values, that are not the same in another.</summary>
    public IEnumerable<string> DifferentFrom(SquashState other)
    {
        var there = other.Values.ToDictionary(v => v.Table, StringComparer.Ordinal);
        return Values
            // A full-text index that does not find what its table holds is made sound, if anything.
            .Where(v => !v.IsOther || v.Rows > 0 || v.Digest is not null)
            .Where(v =>
                there.GetValueOrDefault(v.Table) is not { } same
                || same.Rows != v.Rows
                || !string.Equals(same.Digest, v.Digest, StringComparison.Ordinal)
            )
            .Select(v => v.Table);
    }
}
