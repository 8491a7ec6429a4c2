using Migrations.Foreign;

namespace Migrations.Adoption;

/// <summary>Collects what keeps a history from being taken over; the first one decides how the refusal is called.</summary>
internal sealed class AdoptionObstacles
{
    // A history of thousands may have nothing to do with the folder.
    private const int Shown = 20;

    private readonly List<string> _sentences = [];
    private readonly List<Advice> _waysOut = [];
    private ErrorId? _id;

    /// <summary>All, one sentence each.</summary>
    public IReadOnlyList<string> Sentences => _sentences;

    /// <summary>Adds some of one kind.</summary>
    public void Add(ErrorId id, IEnumerable<string> sentences, Advice wayOut)
    {
        var before = _sentences.Count;
        _sentences.AddRange(sentences);
        if (_sentences.Count == before)
            return;
        _id ??= id;
        _waysOut.Add(wayOut);
    }

    /// <summary>The refusal; null without an obstacle.</summary>
    public MigrationException? Refusal(ForeignHistory history) =>
        _id is { } id
            ? new MigrationException(
                id,
                $"The history of {history} was not taken over: {string.Join(" ", _sentences.Take(Shown))}"
                    + (_sentences.Count > Shown ? $" And {_sentences.Count - Shown} more, which a preview lists." : ""),
                Advice.Join(_waysOut.Distinct())
            )
            : null;
}
