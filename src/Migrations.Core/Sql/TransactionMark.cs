namespace Migrations.Sql;

/// <summary>
/// What a statement of a script that runs without a transaction means for the transactions that the script brings itself.
/// </summary>
public enum TransactionMark
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It begins one.</summary>
    Begin,

    /// <summary>It commits one.</summary>
    Commit,
}
