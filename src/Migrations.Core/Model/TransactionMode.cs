namespace Migrations;

/// <summary>How the steps of a run are put into transactions.</summary>
public enum TransactionMode
{
    /// <summary>Each script and its history row in a transaction of their own.</summary>
    Each,

    /// <summary>All scripts of the run in one transaction: all or none.</summary>
    All,

    /// <summary>No transactions: statement by statement, resumable.</summary>
    None,
}
