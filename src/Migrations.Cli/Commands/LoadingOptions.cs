using System.CommandLine;
using Migrations.Backup;
using Migrations.Cli.Options;
using Migrations.Databases;

namespace Migrations.Cli.Commands;

/// <summary>The options of commands that may load a backup: into which server, and whether its unseen code may run.</summary>
internal sealed class LoadingOptions
{
    private readonly ScratchOption _scratch = new();
    private readonly Option<bool> _unseen = OptionOf.Flag(
        "--accept-unseen-code",
        "Load a backup of your own whose indexes, checks or event triggers run code that cannot be seen into (PostgreSQL)."
    );

    /// <summary>Puts the options on a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_unseen);
        _scratch.AddTo(command);
    }

    /// <summary>What is chosen for a call.</summary>
    public BackupOptions Read(ParseResult parse, DatabaseCall call) =>
        Read(parse, call.Settings.Migrator.Session with { Events = call.Report }) with
        {
            Stamp = call.Settings.Selector.Stamp,
        };

    /// <summary>What is chosen.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/>: what is named is no database.</exception>
    public BackupOptions Read(ParseResult parse, SessionOptions session) =>
        new()
        {
            Session = session,
            ScratchServer = _scratch.Read(parse),
            AcceptUnseenCode = parse.GetValue(_unseen),
        };
}
