namespace Migrations.PostgreSql;

/// <summary>What a statement means for the transaction that a script runs in.</summary>
internal enum StatementRole
{
    /// <summary>Nothing special; savepoints too.</summary>
    Ordinary,

    /// <summary>Changes only settings of the session.</summary>
    Setting,

    /// <summary><c>ANALYZE</c>.</summary>
    Analyze,

    /// <summary>Sets the modes of the transaction.</summary>
    SetTransaction,

    /// <summary><c>BEGIN</c> or <c>START TRANSACTION</c>.</summary>
    Begin,

    /// <summary><c>COMMIT</c> or <c>END</c>.</summary>
    Commit,

    /// <summary>A commit or a rollback with <c>AND CHAIN</c>.</summary>
    Chain,

    /// <summary><c>ROLLBACK</c> or <c>ABORT</c> of the whole transaction.</summary>
    Rollback,

    /// <summary><c>PREPARE TRANSACTION</c>.</summary>
    PrepareTransaction,

    /// <summary>The server refuses it inside a transaction.</summary>
    OutsideOnly,

    /// <summary><c>COPY ... TO STDOUT</c>: it sends data to the client.</summary>
    CopyToClient,
}
