namespace Migrations.Databases.Tests.Outside;

/// <summary>A script that would act on something beside the database that it runs on.</summary>
/// <param name="Name">What it does, as a migration's name.</param>
/// <param name="Sql">The script.</param>
/// <param name="Line">The line of the statement that is refused.</param>
/// <param name="Says">A part of what the refusal says that it would do.</param>
public sealed record OutsideWay(string Name, string Sql, int Line, string Says)
{
    /// <summary>Whether a backup can hold it.</summary>
    public bool InBackups { get; init; } = true;

    /// <summary>Whether a migration can hold it: some are refused before anything runs.</summary>
    public bool InMigrations { get; init; } = true;

    /// <summary>Whether its text cannot be seen into, so that a proof is not run where it would otherwise fail.</summary>
    public bool IsUnseen { get; init; }
}
