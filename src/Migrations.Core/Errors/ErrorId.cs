namespace Migrations;

/// <summary>
/// The catalogue of errors: one id per cause, stable for the life of the product. <c>docs/errors.md</c> has a section for each.
/// </summary>
public enum ErrorId
{
    /// <summary>Invalid usage: an unknown option, or options that cannot be combined.</summary>
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

    /// <summary>Databases of a fleet were not worked on, because as many failed as were allowed to.</summary>
    FleetStopped,

    /// <summary>The results of a fleet cannot be merged: a shard is missing, or they are not of one fleet.</summary>
    ResultsIncomplete,

    /// <summary>A migration is not marked as not applied, because the schema still has what it made.</summary>
    ForgetRefused,

    /// <summary>The history has migrations that belong to no service, or to another one than the call names.</summary>
    ServiceDiffers,

    /// <summary>The database is stamped with another environment than the one that is named.</summary>
    StampDiffers,

    /// <summary>The text given as a database is not recognized.</summary>
    TargetInvalid,

    /// <summary>The database does not exist.</summary>
    DatabaseMissing,

    /// <summary>The folder of the database file does not exist.</summary>
    DatabaseFolderMissing,

    /// <summary>The file is not a database, or is corrupt.</summary>
    DatabaseInvalid,

    /// <summary>The database file was deleted, renamed or replaced during a run.</summary>
    DatabaseReplaced,

    /// <summary>The database is read-only.</summary>
    DatabaseReadOnly,

    /// <summary>The disk is full, or reading or writing it failed.</summary>
    DiskFailed,

    /// <summary>The file system does not support file locks, so concurrent runs could not be prevented.</summary>
    LockUnsupported,

    /// <summary>The user name or the password was not accepted.</summary>
    AuthenticationFailed,

    /// <summary>A permission is missing.</summary>
    PermissionDenied,

    /// <summary>The server could not be reached, or the connection broke.</summary>
    ConnectionFailed,

    /// <summary>The connection broke during a commit, and whether it took effect could not be determined.</summary>
    OutcomeUnknown,

    /// <summary>A script needs its own session, but the connection goes through a pooler in transaction mode.</summary>
    PoolerUnsuitable,

    /// <summary>The migration folder does not exist.</summary>
    FolderMissing,

    /// <summary>Neither the migration folder nor the database's history has a migration.</summary>
    FolderEmpty,

    /// <summary>Files of the migration folder are invalid; each problem has its own id.</summary>
    FolderInvalid,

    /// <summary>A file name matches no layout.</summary>
    FileNameInvalid,

    /// <summary>A file of a folder of hooks has no hook's name, or cannot run as that hook.</summary>
    HookInvalid,

    /// <summary>A file cannot be read.</summary>
    FileUnreadable,

    /// <summary>A file is not valid UTF-8.</summary>
    EncodingInvalid,

    /// <summary>A script has an invisible character outside literals.</summary>
    CharacterInvisible,

    /// <summary>A script contains Git conflict markers.</summary>
    MergeUnresolved,

    /// <summary>Two files have the same version or the same name.</summary>
    MigrationDuplicate,

    /// <summary>A warning: the folder's numbers have gaps, or mix schemes that are rarely intended to be ordered together.</summary>
    NumberingMixed,

    /// <summary>A down script has no up script.</summary>
    UndoOrphaned,

    /// <summary>An up script and its down script have different names.</summary>
    UndoNameDiffers,

    /// <summary>A header entry or a directive is invalid.</summary>
    HeaderInvalid,

    /// <summary>Section markers are missing, doubled or in the wrong order.</summary>
    SectionInvalid,

    /// <summary>An up script contains no statement.</summary>
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

    /// <summary>A script contains a command of a database shell.</summary>
    ShellCommandInvalid,

    /// <summary>A literal, a comment or a body is not terminated.</summary>
    ScriptUnterminated,

    /// <summary>A script takes a variable that has no value.</summary>
    VariableUndefined,

    /// <summary>A variable cannot be what it is given as, or cannot stand where a script has it.</summary>
    VariableInvalid,

    /// <summary>No migration has that version or name.</summary>
    MigrationUnknown,

    /// <summary>More than one migration has that name.</summary>
    MigrationAmbiguous,

    /// <summary>Pending migrations are older than applied ones.</summary>
    OutOfOrder,

    /// <summary>Applied scripts were edited.</summary>
    MigrationChanged,

    /// <summary>Files of applied migrations are missing.</summary>
    MigrationMissing,

    /// <summary>The folder contains none of the applied migrations: it is probably the wrong folder.</summary>
    OtherFolder,

    /// <summary>A version was applied as a different migration from the one in the folder.</summary>
    OtherMigration,

    /// <summary>A migration was applied under another version or name, and the history has to record the new one first.</summary>
    MigrationRenamed,

    /// <summary>A migration has no down script, or an empty one.</summary>
    UndoMissing,

    /// <summary>Later migrations are still applied.</summary>
    UndoOutOfOrder,

    /// <summary>The migration to roll back is not applied.</summary>
    MigrationNotApplied,

    /// <summary>A migration depends on one that is neither applied nor planned before it.</summary>
    DependencyMissing,

    /// <summary>The connection's first schema differs from that of the recorded runs.</summary>
    OtherSchema,

    /// <summary>A table with the name of the history table exists, but is not a history.</summary>
    HistoryTableConflict,

    /// <summary>There is nothing to repair.</summary>
    RepairNotNeeded,

    /// <summary>A baseline cannot be set because migrations are applied.</summary>
    BaselineConflict,

    /// <summary>The database was migrated by another tool whose history was not taken over.</summary>
    ForeignHistoryFound,

    /// <summary>No history of a known tool is there, or not the one that was named.</summary>
    ForeignHistoryMissing,

    /// <summary>Several histories of other tools are there, and none was chosen.</summary>
    ForeignHistoryAmbiguous,

    /// <summary>Another tool's history has entries that failed or were left half-done.</summary>
    ForeignHistoryDirty,

    /// <summary>Entries of another tool's history and files of the folder do not match.</summary>
    AdoptionUnmatched,

    /// <summary>What another tool's history claims is not what the database shows.</summary>
    AdoptionUnproven,

    /// <summary>A history cannot be taken over because this one has rows already.</summary>
    AdoptionConflict,

    /// <summary>A tool's history is recognised, and cannot be taken over.</summary>
    AdoptionUnsupported,

    /// <summary>There is no adoption to take back.</summary>
    AdoptionMissing,

    /// <summary>An adoption cannot be taken back before the other tool's history says what happened since.</summary>
    AdoptionOutdated,

    /// <summary>The migration lock could not be acquired in time.</summary>
    LockTimedOut,

    /// <summary>The migration lock was lost during the run.</summary>
    LockLost,

    /// <summary>A table was locked by other sessions for too long, after all retries.</summary>
    TableLockTimedOut,

    /// <summary>A statement exceeded its time limit.</summary>
    StatementTimedOut,

    /// <summary>The database rejected a statement.</summary>
    StatementFailed,

    /// <summary>A script left rows without their parent row.</summary>
    ForeignKeyViolated,

    /// <summary>A script left a foreign key that points to no table or no unique key, or lost one.</summary>
    ForeignKeyBroken,

    /// <summary>A rebuilt table or its children have fewer rows than before.</summary>
    RowsLost,

    /// <summary>A script that rebuilds a table lost triggers or keys of it.</summary>
    ObjectsLost,

    /// <summary>A script left a transaction open, or ended the one it runs in.</summary>
    TransactionUnbalanced,

    /// <summary>A run was killed in a statement outside a transaction, and whether it took effect cannot be determined.</summary>
    StatementUndecided,

    /// <summary>A statement that already ran was edited, so the script cannot be resumed.</summary>
    StatementEdited,

    /// <summary>The rows of a table without a key may have been numbered again between two batches.</summary>
    RowsRenumbered,

    /// <summary>A rollback would lose rows, and the loss was not accepted.</summary>
    DataLossRefused,

    /// <summary>Only proven rollbacks were allowed, and no rehearsal has proven this one.</summary>
    UndoUnproven,

    /// <summary>There is no backup at the specified place.</summary>
    BackupMissing,

    /// <summary>A backup is truncated, damaged, or does not match its manifest.</summary>
    BackupInvalid,

    /// <summary>A backup could not be proven: something differs, or could not be checked.</summary>
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

    /// <summary>Other sessions are connected to a database that is to be replaced.</summary>
    DatabaseInUse,

    /// <summary>A database was restored but does not match the backup's manifest, or could not be compared with it.</summary>
    RestoreUnproven,

    /// <summary>Databases of this engine cannot be salvaged.</summary>
    SalvageUnsupported,

    /// <summary>A scratch database cannot be created.</summary>
    ScratchUnavailable,

    /// <summary>A statement on a copy or in a backup would have affected something outside the copy; it was not run.</summary>
    ReachesBeyondCopy,

    /// <summary>Loading a backup would run code that cannot be seen into, and that was not accepted.</summary>
    UnseenCode,

    /// <summary>A copy was not made because of what the source holds.</summary>
    CopyRefused,

    /// <summary>A copy was not made because of what the target holds.</summary>
    CopyTargetOccupied,

    /// <summary>A copy was made, but the target does not return what was sent, so it was dropped.</summary>
    CopyUnequal,

    /// <summary>The rows of a copy are proven equal, but the target has refused keys or other objects that were to be copied.</summary>
    CopyIncomplete,

    /// <summary>A declared check is malformed.</summary>
    CheckInvalid,

    /// <summary>An init script did not create the table that is to say that it ran.</summary>
    MarkerMissing,

    /// <summary>Another script of the same name has initialized the database.</summary>
    InitScriptChanged,

    /// <summary>A database is not cleared that is stamped as that of an environment that requires confirmation.</summary>
    ClearRefused,

    /// <summary>Seed data is not run in an environment that requires confirmation.</summary>
    SeedRefused,

    /// <summary>Checks failed.</summary>
    CheckFailed,

    /// <summary>A migration, or the undo of one, was not written: it is not proven, or a person has to decide.</summary>
    GenerationRefused,

    /// <summary>
    /// A squash cannot be recorded: the database has a part of what it replaces, and the rest is not in the archive.
    /// </summary>
    SquashIncomplete,

    /// <summary>Pending scripts would fail, lose data or stop others from working, and the run is to be refused then.</summary>
    UnsafeChange,

    /// <summary>A script that is to run in batches cannot: it is not one statement of one table, or the table has no key.</summary>
    BatchInvalid,

    /// <summary>A migration cannot be written into a script for the client that was asked for.</summary>
    ExportRefused,

    /// <summary>A migration in code is malformed: no function <c>up</c>, or a syntax error.</summary>
    CodeInvalid,

    /// <summary>A migration or hook in code failed.</summary>
    CodeFailed,

    /// <summary>A migration or hook is written in PowerShell, which only the module runs.</summary>
    CodeNeedsModule,

    /// <summary>What migrations make cannot be replayed, because one of them is code, which no replay runs.</summary>
    CodeNotReplayed,

    /// <summary>The code of a migration calls for another operation on the database that it works on.</summary>
    CodeReentered,

    /// <summary>The run was cancelled.</summary>
    Cancelled,
}
