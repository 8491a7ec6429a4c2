namespace Migrations;

/// <summary>What kind of failure each error id is.</summary>
public static class ErrorCatalog
{
    /// <summary>The category of an error.</summary>
    // csharpier-ignore - the ids of one category stand together.
    public static FailureCategory CategoryOf(ErrorId id) => id switch
    {
        ErrorId.UsageInvalid or ErrorId.TargetInvalid or ErrorId.ConfirmationRequired or ErrorId.ConfigurationMissing
            or ErrorId.ConfigurationUntrusted or ErrorId.ConfigurationInvalid
            => FailureCategory.Usage,
        ErrorId.DatabaseMissing or ErrorId.DatabaseFolderMissing or ErrorId.FolderMissing or ErrorId.FolderEmpty or ErrorId.MigrationUnknown
            or ErrorId.BackupMissing or ErrorId.BackupFolderInvalid or ErrorId.ClientToolMissing
            => FailureCategory.NotFound,
        ErrorId.FolderInvalid or ErrorId.FileNameInvalid or ErrorId.FileUnreadable or ErrorId.EncodingInvalid or ErrorId.CharacterInvisible
            or ErrorId.MergeUnresolved or ErrorId.MigrationDuplicate
            or ErrorId.NumberingMixed or ErrorId.UndoOrphaned or ErrorId.UndoNameDiffers or ErrorId.HeaderInvalid or ErrorId.SectionInvalid
            or ErrorId.ScriptEmpty or ErrorId.ChecksumFileMismatch or ErrorId.FileChanged or ErrorId.ScriptMixed
            or ErrorId.TransactionControlInvalid or ErrorId.ParameterUnbound or ErrorId.ShellCommandInvalid or ErrorId.ScriptUnterminated
            or ErrorId.HookInvalid or ErrorId.CheckInvalid or ErrorId.VariableUndefined or ErrorId.VariableInvalid or ErrorId.CodeInvalid
            or ErrorId.BatchInvalid
            => FailureCategory.Folder,
        ErrorId.MigrationAmbiguous or ErrorId.OutOfOrder or ErrorId.SquashIncomplete or ErrorId.MigrationChanged or ErrorId.MigrationMissing
            or ErrorId.OtherFolder or ErrorId.OtherMigration or ErrorId.MigrationRenamed or ErrorId.OtherSchema or ErrorId.UndoMissing
            or ErrorId.UndoOutOfOrder or ErrorId.MigrationNotApplied or ErrorId.DependencyMissing or ErrorId.HistoryTableConflict
            or ErrorId.RepairNotNeeded or ErrorId.BaselineConflict or ErrorId.StatementUndecided or ErrorId.StatementEdited
            or ErrorId.RowsRenumbered
            or ErrorId.DataLossRefused or ErrorId.UndoUnproven or ErrorId.ServerOutdated or ErrorId.ClientToolOutdated
            or ErrorId.SalvageUnsupported or ErrorId.ScratchUnavailable or ErrorId.DatabaseInUse or ErrorId.ReachesBeyondCopy
            or ErrorId.FleetStopped or ErrorId.ResultsIncomplete
            or ErrorId.ServiceSkipped or ErrorId.ForgetRefused or ErrorId.ServiceDiffers or ErrorId.StampDiffers or ErrorId.UnseenCode
            or ErrorId.ForeignHistoryFound or ErrorId.ForeignHistoryMissing
            or ErrorId.ForeignHistoryAmbiguous or ErrorId.ForeignHistoryDirty or ErrorId.AdoptionUnmatched or ErrorId.AdoptionConflict
            or ErrorId.AdoptionMissing or ErrorId.AdoptionUnsupported or ErrorId.AdoptionOutdated or ErrorId.SeedRefused
            or ErrorId.InitScriptChanged or ErrorId.ClearRefused
            or ErrorId.CopyRefused or ErrorId.CopyTargetOccupied or ErrorId.CodeNeedsModule
            or ErrorId.CodeNotReplayed or ErrorId.CodeReentered or ErrorId.ExportRefused or ErrorId.UnsafeChange
            => FailureCategory.Refused,
        ErrorId.ConnectionFailed or ErrorId.OutcomeUnknown or ErrorId.PoolerUnsuitable => FailureCategory.Connection,
        ErrorId.AuthenticationFailed => FailureCategory.Authentication,
        ErrorId.PermissionDenied or ErrorId.DatabaseReadOnly => FailureCategory.Permission,
        ErrorId.LockTimedOut or ErrorId.LockLost or ErrorId.LockUnsupported => FailureCategory.Lock,
        ErrorId.TableLockTimedOut or ErrorId.StatementTimedOut => FailureCategory.Timeout,
        ErrorId.StatementFailed or ErrorId.TransactionUnbalanced or ErrorId.CodeFailed => FailureCategory.Statement,
        ErrorId.DatabaseInvalid or ErrorId.DatabaseReplaced or ErrorId.DiskFailed or ErrorId.ForeignKeyViolated or ErrorId.ForeignKeyBroken
            or ErrorId.RowsLost or ErrorId.ObjectsLost or ErrorId.BackupInvalid or ErrorId.BackupUnproven or ErrorId.RestoreUnproven
            or ErrorId.CheckFailed or ErrorId.MarkerMissing or ErrorId.ClientToolFailed or ErrorId.AdoptionUnproven
            or ErrorId.CopyUnequal or ErrorId.CopyIncomplete or ErrorId.GenerationRefused
            => FailureCategory.Data,
        ErrorId.Cancelled => FailureCategory.Cancelled,
        _ => throw new ArgumentOutOfRangeException(nameof(id), id, "The error id has no category."),
    };
}
