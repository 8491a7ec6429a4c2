namespace Migrations;

/// <summary>
/// The catalogue of errors: one id per cause, stable for the life of the product. <c>docs/errors.md</c> has a section for each.
/// </summary>
public enum ErrorId
{
    /// <summary>The call is wrong: an unknown option, or options that do not go together.</summary>
    UsageInvalid,

    /// <summary>A confirmation is required, but standard input is not a terminal.</summary>
    ConfirmationRequired,

    /// <summary>The configuration file that is named does not exist.</summary>
    ConfigurationMissing,

    /// <summary>A configuration file was found that others can change, so it is not used.</summary>
    ConfigurationUntrusted,

    /// <summary>The configuration file is malformed, or what it says does not fit together.</summary>
    ConfigurationInvalid,

    /// <summary>A service was not worked on because one that it depends on failed.</summary>
    ServiceSkipped,

    /// <summary>The text given as a database is not recognized.</summary>
    TargetInvalid,

    /// <summary>The database does not exist.</summary>
    DatabaseMissing,

    /// <summary>The folder in which the database file should be does not exist.</summary>
    DatabaseFolderMissing,

    /// <summary>The file is no database, or is corrupt.</summary>
    DatabaseInvalid,

    /// <summary>The database file was deleted, renamed or replaced during a run.</summary>
    DatabaseReplaced,

    /// <summary>The database can only be read.</summary>
    DatabaseReadOnly,

    /// <summary>The disk is full, or reading or writing it failed.</summary>
    DiskFailed,

    /// <summary>The file system does not lock files, so two runs could not be kept apart.</summary>
    LockUnsupported,

    /// <summary>The user name or the password was not accepted.</summary>
    AuthenticationFailed,

    /// <summary>A right is lacking.</summary>
    PermissionDenied,

    /// <summary>The server could not be reached, or the connection broke.</summary>
    ConnectionFailed,

    /// <summary>The connection broke during a commit, and whether it took effect could not be found out.</summary>
    OutcomeUnknown,

    /// <summary>A script needs a session of its own, and a pooler in transaction mode stands between.</summary>
    PoolerUnsuitable,

    /// <summary>The migration folder does not exist.</summary>
    FolderMissing,

    /// <summary>Neither the migration folder nor the database's history has a migration.</summary>
    FolderEmpty,

    /// <summary>Files of the migration folder are bad; each problem has an id of its own.</summary>
    FolderInvalid,

    /// <summary>A file name fits no layout.</summary>
    FileNameInvalid,

    /// <summary>A file cannot be read.</summary>
    FileUnreadable,

    /// <summary>A file is no valid UTF-8.</summary>
    EncodingInvalid,

    /// <summary>A script has a character outside literals that cannot be seen.</summary>
    CharacterInvisible,

    /// <summary>A script holds the markers of a Git conflict.</summary>
    MergeUnresolved,

    /// <summary>Two files have the same version or the same name.</summary>
    MigrationDuplicate,

    /// <summary>A warning: the folder's numbers have gaps, or mix kinds that are seldom meant to be ordered together.</summary>
    NumberingMixed,

    /// <summary>A down script has no up script.</summary>
    UndoOrphaned,

    /// <summary>An up script and its down script have different names.</summary>
    UndoNameDiffers,

    /// <summary>A header entry or a directive is wrong.</summary>
    HeaderInvalid,

    /// <summary>Section markers are missing, doubled or in the wrong order.</summary>
    SectionInvalid,

    /// <summary>An up script holds no statement.</summary>
    ScriptEmpty,

    /// <summary>A file does not have the SHA-256 that its <c>.sha256</c> file gives, or that file is malformed.</summary>
    ChecksumFileMismatch,

    /// <summary>A file was changed between reading and running it.</summary>
    FileChanged,

    /// <summary>A script mixes statements that need a transaction with statements that cannot run in one.</summary>
    ScriptMixed,

    /// <summary>A script controls transactions in a way that cannot be kept atomic with the history.</summary>
    TransactionControlInvalid,

    /// <summary>A script has a bare parameter (<c>$1</c>) outside a body.</summary>
    ParameterUnbound,

    /// <summary>A script has a command of a database shell in it.</summary>
    ShellCommandInvalid,

    /// <summary>A literal, a comment or a body does not end.</summary>
    ScriptUnterminated,

    /// <summary>No migration has that version or name.</summary>
    MigrationUnknown,

    /// <summary>More than one migration has that name.</summary>
    MigrationAmbiguous,

    /// <summary>Pending migrations are older than applied ones.</summary>
    OutOfOrder,

    /// <summary>Applied scripts were edited.</summary>
    MigrationChanged,

    /// <summary>Files of applied migrations are gone.</summary>
    MigrationMissing,

    /// <summary>The folder holds none of the migrations that were applied: it is likely to be another one.</summary>
    OtherFolder,

    /// <summary>A version was applied as another migration than the folder has under it.</summary>
    OtherMigration,

    /// <summary>A migration was applied under another version or name, and the history has to record the new one first.</summary>
    MigrationRenamed,

    /// <summary>A migration has no down script, or an empty one.</summary>
    UndoMissing,

    /// <summary>Later migrations are still applied.</summary>
    UndoOutOfOrder,

    /// <summary>The migration to undo is not applied.</summary>
    MigrationNotApplied,

    /// <summary>A migration depends on one that is neither applied nor planned before it.</summary>
    DependencyMissing,

    /// <summary>The connection's first schema is another than that of the recorded runs.</summary>
    OtherSchema,

    /// <summary>A table of the history's name exists and is not a history.</summary>
    HistoryTableConflict,

    /// <summary>There is nothing to repair.</summary>
    RepairNotNeeded,

    /// <summary>A baseline cannot be set because migrations are applied.</summary>
    BaselineConflict,

    /// <summary>The migration lock was not got in time.</summary>
    LockTimedOut,

    /// <summary>The migration lock was lost during the run.</summary>
    LockLost,

    /// <summary>A table was locked by others for too long, after all retries.</summary>
    TableLockTimedOut,

    /// <summary>A statement took longer than its limit.</summary>
    StatementTimedOut,

    /// <summary>The database refused a statement.</summary>
    StatementFailed,

    /// <summary>A script left rows without their parent.</summary>
    ForeignKeyViolated,

    /// <summary>A script left a foreign key that points to no table or no unique key, or lost one.</summary>
    ForeignKeyBroken,

    /// <summary>A remade table or its children have fewer rows than before.</summary>
    RowsLost,

    /// <summary>A script that makes a table again lost triggers or keys of it.</summary>
    ObjectsLost,

    /// <summary>A script left its transaction open or closed it.</summary>
    TransactionUnbalanced,

    /// <summary>A run was killed in a statement outside a transaction, and whether it took effect cannot be looked up.</summary>
    StatementUndecided,

    /// <summary>A statement that already ran was edited, so the script cannot be resumed.</summary>
    StatementEdited,

    /// <summary>A rollback would lose rows, and the loss was not accepted.</summary>
    DataLossRefused,

    /// <summary>Only a proven undo was asked for, and no rehearsal has proven this one.</summary>
    UndoUnproven,

    /// <summary>There is no backup where one was named or looked for.</summary>
    BackupMissing,

    /// <summary>A backup is cut off, damaged, or does not fit its manifest.</summary>
    BackupInvalid,

    /// <summary>A backup was to be proven and is not: something differs, or could not be looked at.</summary>
    BackupUnproven,

    /// <summary>The folder for backups does not exist or cannot be written.</summary>
    BackupFolderInvalid,

    /// <summary>The database server is older than the oldest version that is supported.</summary>
    ServerOutdated,

    /// <summary>A client tool of the database is not installed.</summary>
    ClientToolMissing,

    /// <summary>A client tool of the database is older than the server.</summary>
    ClientToolOutdated,

    /// <summary>A client tool of the database failed.</summary>
    ClientToolFailed,

    /// <summary>Others are connected to a database that is to be replaced.</summary>
    DatabaseInUse,

    /// <summary>A database was restored and is not what the backup's manifest says, or could not be compared with it.</summary>
    RestoreUnproven,

    /// <summary>Databases of this engine cannot be salvaged.</summary>
    SalvageUnsupported,

    /// <summary>No scratch database can be had.</summary>
    ScratchUnavailable,

    /// <summary>A statement that was tried on a copy, or that a backup holds, would reach beyond the copy; it was not run.</summary>
    ReachesBeyondCopy,

    /// <summary>Loading a backup would run code that cannot be seen into, and that was not accepted.</summary>
    UnseenCode,

    /// <summary>A declared check is malformed.</summary>
    CheckInvalid,

    /// <summary>Checks failed.</summary>
    CheckFailed,

    /// <summary>The run was cancelled.</summary>
    Cancelled,
}
