namespace Migrations.PostgreSql;

/// <summary>What reaches further when it is used.</summary>
internal enum CarrierKind
{
    /// <summary>A function or a procedure: when it is called.</summary>
    Routine,

    /// <summary>A view: when it is read or written to.</summary>
    View,

    /// <summary>A table: when it is written to.</summary>
    Table,
}
