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
    /// <param name="table">The history table that has the stamp, where it is not the one that the call is about.</param>
    /// <param name="schema">Its schema; null where the engine has none.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.StampDiffers"/></exception>
    public void Demand(string? stamp, string what, string? table = null, string? schema = null)
    {
        if (stamp is null || string.Equals(stamp, Own, StringComparison.Ordinal) || (Own is null && !IsProtected(stamp)))
            return;
        throw new MigrationException(
            ErrorId.StampDiffers,
            $"{what} is stamped '{stamp}'{InHistory(table, schema)}, "
                + (Own is null ? "and no environment is named." : $"and the environment is '{Own}'.")
                + " Nothing was changed.",
            $"{RightDatabase(stamp)} '{Summary(table, schema)}' shows the stamp."
        );
    }

    /// <summary>Refuses what takes away from a database whose stamp is not known, where the call is about an environment.</summary>
    /// <param name="what">What does, as the beginning of a sentence.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.StampDiffers"/></exception>
    public void DemandNoOther(string what)
    {
        if (Own is not null)
            throw new MigrationException(
                ErrorId.StampDiffers,
                $"{what} takes away from another database than its own, whose stamp is not known here, and the environment is "
                    + $"'{Environments.GetValueOrDefault(Own, Own)}'. Nothing was changed.",
                $"Run it on that database itself; or name the database with {CallOption.Database}, and no environment."
            );
    }

    /// <summary>What to do where a database with a stamp is the right one.</summary>
    internal Advice RightDatabase(string stamp) =>
        $"If this is the right database, name its environment: "
        + $"{CallOption.Environment.Of(Environments.GetValueOrDefault(stamp, stamp))}.";

    /// <summary>Names the history that has a stamp, where it is not the call's.</summary>
    internal static string InHistory(string? table, string? schema) =>
        table is null ? ""
        : schema is null ? $" in its history '{table}'"
        : $" in its history '{schema}.{table}'";

    private static Call Summary(string? table, string? schema)
    {
        var call = Call.Status.With(CallOption.Summary);
        if (table is null)
            return call;
        call = call.With(CallOption.HistoryTable.Of(table));
        return schema is null ? call : call.With(CallOption.HistorySchema.Of(schema));
    }

    private bool IsProtected(string stamp) => Protected.Contains(stamp, StringComparer.Ordinal);
}
