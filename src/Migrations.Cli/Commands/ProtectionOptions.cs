using System.CommandLine;
using Migrations.Backup;
using Migrations.Cli.Options;

namespace Migrations.Cli.Commands;

/// <summary>The options of commands that run migrations and can have a backup to stand on.</summary>
internal sealed class ProtectionOptions
{
    private readonly Option<string?> _backup = new("--backup")
    {
        HelpName = "folder",
        Description = "Back up to this folder before the first migration, if there is anything to do.",
    };

    private readonly Option<bool> _restoreOnFailure = new("--restore-on-failure")
    {
        Description = "Restore that backup when a script that runs outside a transaction fails; the failed state is kept.",
    };

    private readonly Option<bool> _acceptFaults = new("--accept-faults")
    {
        Description = "With a restore on failure: leave out what the server cannot make of the backup, and list it.",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_backup);
        command.Options.Add(_restoreOnFailure);
        command.Options.Add(_acceptFaults);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_restoreOnFailure) && result.GetValue(_backup) is null)
                result.AddError("--restore-on-failure requires a backup: name its folder with --backup.");
        });
    }

    /// <summary>The backup that is made before a run: where the call says, or the configuration.</summary>
    public BackupRequest? Backup(ParseResult parse, Settings settings) =>
        parse.GetValue(_backup) is { } folder ? new BackupRequest { Folder = Path.GetFullPath(folder) }
        : settings.Configured.BackupBeforeRun?.Value == true ? new BackupRequest { Folder = settings.BackupFolder(null) }
        : null;

    /// <summary>Whether the restore may leave out what the server cannot make.</summary>
    public bool AcceptFaults(ParseResult parse) => parse.GetValue(_acceptFaults);

    public bool RestoreOnFailure(ParseResult parse, Settings settings) =>
        parse.GetValue(_restoreOnFailure)
        || (settings.Configured is { BackupBeforeRun.Value: true, RestoreOnFailure.Value: true } && parse.GetValue(_backup) is null);
}
