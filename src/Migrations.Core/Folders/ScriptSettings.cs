namespace Migrations.Folders;

/// <summary>What a file beside a script says about running it: diesel's <c>metadata.toml</c>, or Flyway's <c>.conf</c>.</summary>
internal sealed record ScriptSettings
{
    /// <summary>Whether it does not run in a transaction.</summary>
    public bool OutsideTransaction { get; init; }

    /// <summary>Whether it takes variables: everywhere, or nowhere; null where nothing is said.</summary>
    public bool? TakesVariables { get; init; }
}
