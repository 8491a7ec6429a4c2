using System.CommandLine;

namespace Migrations.Cli.Options;

/// <summary>The options that say which backups are judged, and how old the newest proven one may be.</summary>
/// <param name="purpose">What the descriptions begin with, for commands that judge backups on request only.</param>
internal sealed class NewestBackupOptions(string purpose = "")
{
    private readonly Option<string?> _folder = new("--backups")
    {
        HelpName = "folder",
        Description = Sentence(purpose, "The folder whose newest backup is checked. Default: the configuration's."),
    };
    private readonly Option<TimeSpan?> _age = Choice.Duration(
        "--backup-age",
        Sentence(purpose, "How old the newest proven backup may be. Default: 24h.")
    );

    /// <summary>Puts the options on a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_folder);
        command.Options.Add(_age);
    }

    /// <summary>A request with what was given, or the configuration names.</summary>
    public CheckRequest Read(ParseResult parse, Settings settings, CheckRequest request) =>
        request with
        {
            BackupFolder = settings.FindBackupFolder(parse.GetValue(_folder)),
            BackupAge = parse.GetValue(_age) ?? request.BackupAge,
        };

    private static string Sentence(string purpose, string text) =>
        purpose.Length == 0 ? text : $"{purpose}: {char.ToLowerInvariant(text[0])}{text[1..]}";
}
