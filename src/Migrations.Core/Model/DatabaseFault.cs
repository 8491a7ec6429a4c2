using System.Text.Json.Serialization;

namespace Migrations;

/// <summary>
/// Something that is wrong with what a database holds, and that a faithful copy of it has too: rows without a parent, a constraint that was
/// never validated, a sequence behind its column. A backup records those of its source, so that only what is new in the copy speaks against
/// it.
/// </summary>
/// <param name="Kind">The name of the engine's check that finds it (<see cref="CheckResult.Name"/>).</param>
/// <param name="Object">What has it: a table and its foreign key, a constraint, an index, a sequence; the same text in the source and in a
/// copy.</param>
/// <param name="Detail">What is wrong, in a sentence without a full stop.</param>
/// <param name="Count">How often the object has it, where it can be counted: rows without a parent.</param>
public sealed record DatabaseFault(string Kind, string Object, string Detail, long Count = 1)
{
    /// <summary>
    /// Whether it is in the pages that a backup in the engine's own format copies byte by byte: such a copy, whose SHA-256 is that of its
    /// manifest, has it from its source, whether it was looked for there or not.
    /// </summary>
    [JsonIgnore]
    public bool IsOfPages { get; init; }

    /// <summary>
    /// What ends the object's definition because of this fault, where a restore could not make it otherwise: <c> NOT VALID</c>. Without it
    /// the schema is to be that of the source. Null where a definition says nothing of it.
    /// </summary>
    [JsonIgnore]
    public string? DefinitionEnd { get; init; }

    /// <summary>Whether a copy that has this fault has it from a source with these.</summary>
    public bool IsAmong(IEnumerable<DatabaseFault> source) =>
        source.Any(f =>
            string.Equals(f.Kind, Kind, StringComparison.Ordinal)
            && string.Equals(f.Object, Object, StringComparison.Ordinal)
            && f.Count >= Count
        );
}
