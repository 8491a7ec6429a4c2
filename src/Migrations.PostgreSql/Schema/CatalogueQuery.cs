namespace Migrations.PostgreSql;

/// <summary>
/// A query of the catalogue, and when it is worth asking: the server plans each for longer than it looks, and most databases hold few kinds
/// of objects.
/// </summary>
/// <param name="Sql">The query.</param>
/// <param name="Probe">A condition, over <see cref="CatalogueScope.Relations"/>, that holds when it may give rows.</param>
internal sealed record CatalogueQuery(string Sql, string Probe)
{
    /// <summary>For a query that always gives rows, or is as quick as its probe.</summary>
    public const string Always = "true";

    /// <summary>Whether what it gives is part of the fingerprint: owners and grants are not.</summary>
    public bool IsInFingerprint { get; init; } = true;

    /// <summary>The query for the fingerprint alone: the server leaves out what makes the columns that are not asked for.</summary>
    public string OfFingerprint => $"SELECT q.type, q.name, q.\"table\", q.position, q.definition, NULL, NULL, NULL, NULL FROM (\n{Sql}) q";
}
