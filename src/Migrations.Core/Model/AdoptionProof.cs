namespace Migrations;

/// <summary>How far it was proven that a migration of another tool's history is what the folder holds.</summary>
public enum AdoptionProof
{
    /// <summary>Only its version or name is the same.</summary>
    NameOnly,

    /// <summary>The migrations, replayed on a scratch database, make the schema that the database has.</summary>
    Schema,

    /// <summary>The other tool's own checksum or text agrees with the file.</summary>
    Content,
}
