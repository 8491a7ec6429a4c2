using System.Text.Json;
using System.Text.Json.Serialization;

namespace Migrations.PostgreSql;

/// <summary>
/// What the comment of a kept database says of it, in its last line, behind what its user wrote there. It holds for the name that it
/// repeats: a database that has been renamed back is no kept one any more.
/// </summary>
/// <param name="Name">The name of the kept database.</param>
/// <param name="Database">The database that it was.</param>
/// <param name="Label">What it is.</param>
/// <param name="At">When it was replaced.</param>
internal sealed record KeptMark(string Name, string Database, string Label, DateTimeOffset At)
{
    private const string Prefix = "migrations:kept ";

    /// <summary>The pattern of the server's regular expressions for such a line and what separates it from the text before.</summary>
    public const string Pattern = "(^|[[:space:]]+)" + Prefix + "[{][^\n]*$";

    /// <summary>The backup whose restore replaced it.</summary>
    public string? ReplacedBy { get; init; }

    /// <summary>The last applied migration.</summary>
    public string? LastMigration { get; init; }

    /// <summary>Its version.</summary>
    public string? MigrationVersion { get; init; }

    /// <summary>The environment that it was stamped with.</summary>
    public string? Stamp { get; init; }

    /// <summary>The line. It is ASCII, which every database of the server can keep.</summary>
    public override string ToString() => Prefix + JsonSerializer.Serialize(this, KeptMarkJson.Default.KeptMark);

    /// <summary>Reads the comment of a database; null when it is not the mark of the database of this name.</summary>
    public static KeptMark? Read(string name, string? comment)
    {
        var line = comment?[(comment.LastIndexOf('\n') + 1)..];
        if (line?.StartsWith(Prefix, StringComparison.Ordinal) != true)
            return null;
        try
        {
            return
                JsonSerializer.Deserialize(line[Prefix.Length..], KeptMarkJson.Default.KeptMark)
                    is { Label: "before_restore" or "failed", Database: not null } mark
                && string.Equals(mark.Name, name, StringComparison.Ordinal)
                ? mark
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>How a mark is written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(KeptMark))]
internal sealed partial class KeptMarkJson : JsonSerializerContext;
