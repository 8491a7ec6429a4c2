namespace Migrations.Databases;

/// <summary>What the database shows of a statement whose end was not recorded.</summary>
public enum StatementEvidence
{
    /// <summary>It cannot be looked up.</summary>
    Unknown,

    /// <summary>It took effect.</summary>
    Done,

    /// <summary>It did not take effect, or what it left half-done has been removed.</summary>
    NotDone,
}
