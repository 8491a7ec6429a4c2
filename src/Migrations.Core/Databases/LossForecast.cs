namespace Migrations.Databases;

/// <summary>What a script would lose.</summary>
/// <param name="Losses">Each table and column that goes, or is emptied.</param>
/// <param name="NotForeseen">What only a rehearsal with data can tell, for example a DELETE, one sentence each with its line; never to be read as "nothing".</param>
public sealed record LossForecast(IReadOnlyList<DataLoss> Losses, IReadOnlyList<string> NotForeseen)
{
    /// <summary>Objects that go with what it drops or makes again, and that it does not name.</summary>
    public IReadOnlyList<LostObject> ObjectsLost { get; init; } = [];

    /// <summary>Nothing goes, and that is certain.</summary>
    public static LossForecast None { get; } = new([], []);
}
