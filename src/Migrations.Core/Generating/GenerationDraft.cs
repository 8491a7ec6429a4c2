using Migrations.Schema;

namespace Migrations.Generating;

/// <summary>A migration as it was written, not yet proven.</summary>
internal sealed record GenerationDraft
{
    /// <summary>What is renamed, in this order.</summary>
    public IReadOnlyList<SchemaRename> Renames { get; init; } = [];

    /// <summary>What looks like a rename and was not said to be one.</summary>
    public IReadOnlyList<string> Unasked { get; init; } = [];

    /// <summary>The changes after the renames.</summary>
    public ChangeScript UpNotes { get; init; } = new() { Statements = [] };

    /// <summary>The changes back, before the renames are taken back.</summary>
    public ChangeScript DownNotes { get; init; } = new() { Statements = [] };

    /// <summary>Why nothing is written, in sentences.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>How the schema differs from the wanted one after the script.</summary>
    public IReadOnlyList<SchemaDifference> Differences { get; init; } = [];

    /// <summary>How the schema is shown that was wanted.</summary>
    public string Shown { get; init; } = "";

    /// <summary>All statements that apply it.</summary>
    public IReadOnlyList<string> Up => [.. Renames.Select(r => r.Sql), .. UpNotes.Statements];

    /// <summary>All statements that roll it back.</summary>
    public IReadOnlyList<string> Down => [.. DownNotes.Statements, .. Renames.Reverse().Select(r => r.Back.Sql)];

    /// <summary>The tables that have to be empty for one of its halves.</summary>
    public IReadOnlyList<string> Empty => Before(UpNotes.MustBeEmpty.Concat(DownNotes.MustBeEmpty));

    /// <summary>The tables whose rows must be as one of its halves asks.</summary>
    public IReadOnlyList<string> Conditional => Before(UpNotes.Conditional.Concat(DownNotes.Conditional));

    /// <summary>Tables as they are called before the renames.</summary>
    private List<string> Before(IEnumerable<string> tables) =>
        [
            .. tables
                .Distinct(StringComparer.Ordinal)
                .Select(t => Renames.FirstOrDefault(r => r.Column is null && Same(r.NewTable, t))?.Table ?? t),
        ];

    /// <summary>One half as a script with its header.</summary>
    public string Script(GenerationProof proof, bool down) => GeneratedText.Write(Notes(proof, down), down ? Down : Up);

    private IEnumerable<string> Notes(GenerationProof proof, bool down)
    {
        var notes = down ? DownNotes : UpNotes;
        if (!down)
        {
            yield return $"Written from {Shown}, and tried on a copy: {proof.Message}.";
            foreach (var note in Unasked)
                yield return note;
        }

        foreach (var loss in notes.Losses)
            yield return $"Loses {loss}.";
        if (down)
        {
            foreach (var gone in UpNotes.Losses)
                yield return $"Does not bring back {gone}: only the definition.";
        }

        foreach (var text in notes.Locks)
            yield return text;
        foreach (var condition in notes.Conditions)
            yield return $"Needs this, or it fails: {condition}";
    }

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.Ordinal);
}
