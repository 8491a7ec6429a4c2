namespace Migrations.Adoption;

/// <summary>What replaying the recorded migrations has shown.</summary>
public enum AdoptionVerdict
{
    /// <summary>It was not asked for, or could not be done.</summary>
    NotRun,

    /// <summary>They make the schema that the database has.</summary>
    Proven,

    /// <summary>They make another schema.</summary>
    Different,
}
