namespace Migrations;

/// <summary>
/// Commands as the methods that do the same, and options as the properties that hold them. What has none is spelled as the command line
/// does.
/// </summary>
internal sealed class LibrarySpelling : Spelling
{
    /// <summary>The method of a command.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Methods = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["adopt"] = "HistoryImporter.ImportAsync",
        ["backup"] = "BackupManager.BackUpAsync",
        ["backups"] = "BackupCatalogue.ReadAsync",
        ["baseline"] = "Migrator.BaselineAsync",
        ["check"] = "IntegrityChecker.CheckAsync",
        ["create"] = "MigrationTemplate.Create",
        ["squash"] = "MigrationSquash.RunAsync",
        ["down"] = "Migrator.UndoAsync",
        ["fresh"] = "DatabaseClearer.ClearAsync",
        ["history"] = "Migrator.GetHistoryAsync",
        ["init"] = "DatabaseInitializer.InitializeAsync",
        ["prune"] = "BackupRetention.Decide",
        ["repair"] = "Migrator.RepairAsync",
        ["restore"] = "BackupManager.RestoreAsync",
        ["run"] = "DatabaseScriptRunner.RunAsync",
        ["script"] = "Migrator.WriteScriptAsync",
        ["status"] = "Migrator.GetStatusAsync",
        ["test"] = "Rehearsal.RunAsync",
        ["up"] = "Migrator.ApplyAsync",
        ["verify"] = "BackupVerifier.VerifyAsync",
    };

    /// <summary>The property of an option.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Properties = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["accept-data-loss"] = "UndoRequest.AcceptDataLoss",
        ["accept-faults"] = "RestoreRequest.AcceptFaults",
        ["accept-unseen-code"] = "BackupOptions.AcceptUnseenCode",
        ["all"] = "RehearsalRequest.All",
        ["allow-empty"] = "FolderOptions.AllowEmpty",
        ["allow-out-of-order"] = "ApplyRequest.AllowOutOfOrder",
        ["allow-unmatched"] = "AdoptionRequest.AllowUnmatched",
        ["assign-service"] = "RepairRequest.AssignService",
        ["backup"] = "ApplyRequest.Backup",
        ["backups"] = "CheckRequest.BackupFolder",
        ["category"] = "CheckRequest.Categories",
        ["compress"] = "BackupRequest.Compress",
        ["create"] = "InitializationRequest.Create",
        ["destination"] = "BackupRequest.Folder",
        ["environment"] = "MigratorOptions.Environment",
        ["exclude"] = "BackupRequest.Exclude",
        ["for"] = "ScriptRequest.Client",
        ["force"] = "InitializationRequest.Force",
        ["format"] = "BackupRequest.Format",
        ["full"] = "BackupRequest.Digests",
        ["history-schema"] = "SessionOptions.HistorySchema",
        ["history-table"] = "SessionOptions.HistoryTable",
        ["idempotent"] = "ScriptRequest.IsIdempotent",
        ["ignore-foreign-history"] = "ApplyRequest.IgnoreForeignHistory",
        ["include-others"] = "ClearRequest.IncludesOthers",
        ["jobs"] = "BackupRequest.Jobs",
        ["keep-daily"] = "RetentionPolicy.KeepDaily",
        ["keep-days"] = "RetentionPolicy.KeepDays",
        ["keep-in-step"] = "AdoptionRequest.KeepInStep",
        ["keep-last"] = "RetentionPolicy.KeepLast",
        ["keep-monthly"] = "RetentionPolicy.KeepMonthly",
        ["keep-states"] = "RetentionPolicy.KeepStates",
        ["keep-weekly"] = "RetentionPolicy.KeepWeekly",
        ["last"] = "UndoRequest.Last",
        ["layout"] = "FolderOptions.Layout",
        ["lock-timeout"] = "SessionOptions.LockTimeout",
        ["marker"] = "InitializationRequest.Marker",
        ["max-duration"] = "CheckRequest.MaxDuration",
        ["no-counts"] = "BackupRequest.CountRows",
        ["no-hooks"] = "FolderOptions.NoHooks",
        ["record"] = "RehearsalRequest.Record",
        ["remove-missing"] = "RepairRequest.RemoveMissing",
        ["require-proven"] = "UndoRequest.RequireProven",
        ["restamp"] = "InitializationRequest.ReplacesStamp",
        ["schema-file"] = "ApplyRequest.SchemaFile",
        ["schema-only"] = "UndoRequest.SchemaOnly",
        ["scratch-database"] = "RehearsalRequest.ScratchServer",
        ["seed"] = "InitializationRequest.Seed",
        ["service"] = "MigratorOptions.Service",
        ["skip-checksum"] = "ApplyRequest.SkipChecksum",
        ["skip-comparison"] = "RepairRequest.SkipComparison",
        ["skip-proof"] = "AdoptionRequest.SkipProof",
        ["sql"] = "AdoptionRequest.SqlPath",
        ["stamp"] = "InitializationRequest.Stamp",
        ["statement-done"] = "RepairRequest.StatementDone",
        ["statement-timeout"] = "SessionOptions.StatementTimeout",
        ["table"] = "AdoptionRequest.Table",
        ["table-lock-timeout"] = "SessionOptions.TableLockTimeout",
        ["target"] = "ApplyRequest.Target",
        ["thorough"] = "CheckRequest.Thorough",
        ["to"] = "UndoRequest.To",
        ["tool"] = "AdoptionRequest.Tool",
        ["with-data"] = "RehearsalRequest.WithData",
    };

    /// <inheritdoc/>
    public override string Of(CommandCall call)
    {
        if (!Methods.TryGetValue(call.Command, out var method) || !call.Options.All(o => Properties.ContainsKey(o.Name)))
            return CommandLine.Of(call);
        var arguments = call
            .Operands.Select(Literal)
            .Concat(call.Options.Select(o => $"{Properties[o.Name].Split('.')[1]}: {(o.Value is { } value ? Literal(value) : "true")}"));
        return $"{method}({string.Join(", ", arguments)})";
    }

    /// <inheritdoc/>
    public override string Of(CommandOption option) =>
        !Properties.TryGetValue(option.Name, out var property) ? CommandLine.Of(option)
        : option.Value is { } value ? $"{property} = {Literal(value)}"
        : property;

    private static string Literal(string value) =>
        value is ['<', .., '>']
            ? value
            : $"\"{value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
