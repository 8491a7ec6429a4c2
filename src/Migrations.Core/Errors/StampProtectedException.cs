namespace Migrations;

/// <summary>A stamp was to be replaced that protects the database of an environment that requires confirmation.</summary>
public sealed class StampProtectedException : MigrationException
{
    /// <summary>An error for a database.</summary>
    /// <param name="database">The database as shown to people.</param>
    /// <param name="environment">The environment that it is of.</param>
    /// <param name="wanted">The stamp that it was to get.</param>
    public StampProtectedException(string database, string environment, string wanted)
        : base(
            ErrorId.ConfirmationRequired,
            $"{database} is stamped as the database of the environment '{environment}', which requires confirmation, and was to be stamped "
                + $"'{wanted}'. Nothing was changed.",
            "Check which database this is. If its stamp is wrong, confirm that it is replaced "
                + "(InitializationRequest.ReplacesProtectedStamp)."
        ) => Action = $"Replacing the stamp of the environment '{environment}' on {database} by '{wanted}'";

    /// <summary>What is to be confirmed, as the beginning of a sentence.</summary>
    public string Action { get; }
}
