namespace Migrations;

/// <summary>What a script would lose.</summary>
/// <param name="Losses">Each table and column that goes, or is emptied.</param>
/// <param name="NotForeseen">What may be lost and cannot be counted, for example by a block of code, each with its line: <c>line 3 runs
/// ...</c>. An undo asks about it like a loss.</param>
public sealed record LossForecast(IReadOnlyList<DataLoss> Losses, IReadOnlyList<string> NotForeseen)
{
    /// <summary>Objects that go with what it drops or makes again, and that it does not name.</summary>
    public IReadOnlyList<LostObject> ObjectsLost { get; init; } = [];

    /// <summary>
    /// Whether it may take away from another database than that of the session: one that it attaches, or drops. What that one is stamped
    /// with was not looked at.
    /// </summary>
    public bool ReachesOthers { get; init; }

    /// <summary>Nothing goes, and that is certain.</summary>
    public static LossForecast None { get; } = new([], []);
}
