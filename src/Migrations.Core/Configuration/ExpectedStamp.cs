namespace Migrations.Configuration;

/// <summary>
/// Which stamp a call expects in its database. A stamp names the environment that a database is of; what takes away from a database must
/// not reach that of another environment by a wrong address.
/// </summary>
public sealed record ExpectedStamp
{
    /// <summary>The stamp of the environment that the call names; null when it names none.</summary>
    public string? Own { get; init; }

    /// <summary>The stamps of the environments that ask for confirmation: nothing is taken away there unless they are named.</summary>
    public IReadOnlyList<string> Protected { get; init; } = [];

    /// <summary>The environments of the configuration by their stamps, for messages.</summary>
    public IReadOnlyDictionary<string, string> Environments { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>No environment is named, and none is known: any stamp will do.</summary>
    public static ExpectedStamp Any { get; } = new();

    /// <summary>Refuses a database of another environment.</summary>
    /// <param name="stamp">The environment that the database is stamped with; null without a stamp.</param>
    /// <param name="what">What has the stamp, as the beginning of a sentence: mostly the database as shown to people.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.StampDiffers"/></exception>
    public void Demand(string? stamp, string what)
    {
        if (stamp is null || string.Equals(stamp, Own, StringComparison.Ordinal) || (Own is null && !IsProtected(stamp)))
            return;
        throw new MigrationException(
            ErrorId.StampDiffers,
            $"{what} is stamped '{stamp}', "
                + (Own is null ? "and no environment is named." : $"and the environment is '{Own}'.")
                + " Nothing was changed.",
            $"If this is the right database, name its environment: "
                + $"{CallOption.Environment.Of(Environments.GetValueOrDefault(stamp, stamp))}."
                + $" '{Call.Status.With(CallOption.Summary)}' shows the stamp."
        );
    }

    private bool IsProtected(string stamp) => Protected.Contains(stamp, StringComparer.Ordinal);
}
