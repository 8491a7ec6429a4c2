using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Folders;

namespace Migrations.Cli.Commands;

/// <summary><c>create</c>: the next migration of the folder.</summary>
internal static class CreateCommand
{
    public static Command Create(DatabaseRunner runner)
    {
        var name = new Argument<string>("name") { Description = "What the migration does, for example add_user_preferences." };
        var command = new Command("create", "Create the next migration in the folder's own layout, with header and both halves.") { name };
        command.SetAction(parse =>
        {
            var given = parse.GetRequiredValue(name);
            return runner.RunAsync(parse, (settings, report) => Run(settings, report, given));
        });
        return command;
    }

    private static int Run(Settings settings, IReport report, string name)
    {
        var options = new CreateOptions { Layout = settings.Migrator.Folder.Layout };
        var now = DateTimeOffset.Now;
        var files = settings.WhatIf
            ? MigrationTemplate.Preview(settings.Folder, name, options, now)
            : MigrationTemplate.Create(settings.Folder, name, options, now);
        report.Created(files, settings.WhatIf);
        return ExitCode.Done;
    }
}
