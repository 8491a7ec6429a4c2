namespace Migrations;

/// <summary>One question about a database, and its answer.</summary>
public sealed record CheckResult : IHasPlace
{
    /// <summary>The database as shown to people; set by the engine, drivers leave it empty.</summary>
    public string Database { get; init; } = "";

    /// <summary>The database, to run against; keeps its secret. <see cref="Target"/> is what the check is about.</summary>
    public DatabaseTarget? DatabaseTarget { get; init; }

    DatabaseTarget? IHasTarget.Target => DatabaseTarget;

    /// <summary>The service; null without services.</summary>
    public string? Service { get; init; }

    /// <summary>The migration folder.</summary>
    public string? Path { get; init; }

    /// <summary>The check's name, stable, for example <c>foreign-keys</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What kind of question it is.</summary>
    public required CheckCategory Category { get; init; }

    /// <summary>The answer.</summary>
    public required CheckStatus Status { get; init; }

    /// <summary>What should be; null where the name says it.</summary>
    public string? Expected { get; init; }

    /// <summary>What is.</summary>
    public string? Actual { get; init; }

    /// <summary>The answer in a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>What to do about it; null when nothing is to be done.</summary>
    public Advice? NextStep { get; init; }

    /// <summary>The same, as the command line spells it.</summary>
    public string? Recommendation => NextStep?.ToString();

    /// <summary>What it is about: a table, an index, a migration, a file; null for the database as a whole.</summary>
    public string? Target { get; init; }

    /// <summary>
    /// What a failed check of the engine found, one by one, where a faithful copy of the database has it too; empty for damage, which a
    /// copy has no right to have.
    /// </summary>
    public IReadOnlyList<DatabaseFault> Faults { get; init; } = [];

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The same answer with the database and the folder that it is about.</summary>
    internal CheckResult Of(DatabaseTarget target, string? service, string? folder) =>
        this with
        {
            Database = target.Display,
            DatabaseTarget = target,
            Service = service,
            Path = folder,
        };
}
