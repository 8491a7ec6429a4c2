namespace Migrations;

/// <summary>Proofs in words.</summary>
public static class AdoptionProofExtensions
{
    /// <summary>The proof in words.</summary>
    public static string Word(this AdoptionProof proof) =>
        proof switch
        {
            AdoptionProof.Content => "content",
            AdoptionProof.Schema => "schema",
            _ => "name only",
        };
}
