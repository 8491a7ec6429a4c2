namespace Migrations.Sqlite;

/// <summary>What a statement does, as far as the driver must know.</summary>
internal enum StatementKind
{
    Other,
    Begin,
    Commit,
    Rollback,
    Savepoint,
    Vacuum,
    Reindex,
    Analyze,
    Attach,
    Detach,
    Pragma,
    Create,
    Drop,
    RenameTable,
    RenameColumn,
    AddColumn,
    DropColumn,
    ShellCommand,
}
