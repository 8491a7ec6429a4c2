using System.Diagnostics.CodeAnalysis;

namespace Migrations.History;

/// <summary>What the row of an adopted migration says about where it came from.</summary>
/// <param name="Tool">The tool, as it is shown to people.</param>
/// <param name="Entry">How the tool calls it.</param>
/// <param name="Proof">How far it was proven.</param>
/// <param name="IsInferred">Whether the tool does not record it itself.</param>
internal sealed record AdoptionNote(string Tool, string Entry, AdoptionProof Proof, bool IsInferred)
{
    private const string Beginning = "Adopted from ";
    private const string Proven = "; proof: ";
    private const string Recorded = "; recorded there as ";
    private const string Inferred = "; inferred from ";

    /// <summary>The note of a row; null for a row that is no adoption.</summary>
    public static AdoptionNote? Of(JournalEntry? entry) =>
        entry is { Event: JournalEvent.Adopted, ErrorMessage: { } text } && TryParse(text, out var note) ? note : null;

    /// <summary>The note as the row holds it.</summary>
    public override string ToString() => $"{Beginning}{Tool}{Proven}{Proof.Word()}{(IsInferred ? Inferred : Recorded)}{Entry}";

    private static bool TryParse(string text, [NotNullWhen(true)] out AdoptionNote? note)
    {
        note = null;
        var proven = text.IndexOf(Proven, StringComparison.Ordinal);
        if (!text.StartsWith(Beginning, StringComparison.Ordinal) || proven < 0)
            return false;
        var rest = text[(proven + Proven.Length)..];
        var recorded = rest.IndexOf(Recorded, StringComparison.Ordinal);
        var inferred = rest.IndexOf(Inferred, StringComparison.Ordinal);
        var isInferred = recorded < 0 || (inferred >= 0 && inferred < recorded);
        var end = isInferred ? inferred : recorded;
        if (end < 0)
            return false;
        note = new AdoptionNote(
            text[Beginning.Length..proven],
            rest[(end + (isInferred ? Inferred : Recorded).Length)..],
            rest[..end] switch
            {
                "content" => AdoptionProof.Content,
                "schema" => AdoptionProof.Schema,
                _ => AdoptionProof.NameOnly,
            },
            isInferred
        );
        return true;
    }
}
