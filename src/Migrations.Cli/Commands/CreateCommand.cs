using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Folders;

namespace Migrations.Cli.Commands;

/// <summary><c>create</c>: the next migration of the folder, or the undo of one that is there.</summary>
internal static class CreateCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var name = new Argument<string?>("name")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "What the migration does, for example add_user_preferences.",
        };
        var irreversible = OptionOf.Flag(
            "--irreversible",
            "Create no down script: the header says '-- Irreversible: yes', and nothing reminds of a missing one."
        );
        var language = new Option<string>("--language")
        {
            Description = "What it is written in: sql, or powershell, which only the module runs. Default: sql.",
            DefaultValueFactory = _ => "sql",
        };
        language.AcceptOnlyFromAmong("sql", "powershell");
        var generating = new GeneratingOptions();
        var command = new DescribedCommand(
            "create",
            "Create the files of the next migration, in the layout of the folder, or write the undo of one that has none.",
            SharedOptions.Path | SharedOptions.Database | SharedOptions.Variables | SharedOptions.Configuration | SharedOptions.WhatIf,
            "migrations create add_user_preferences",
            "migrations create \"drop old audit rows\" --irreversible",
            "migrations create \"add nicknames\" --from schema.sql -d shop.db",
            "migrations create --undo-of 005 --database shop.db",
            "migrations create --missing-undo --what-if"
        )
        {
            name,
            irreversible,
            language,
        };
        generating.AddTo(command, name);
        command.SetAction(
            (parse, cancellationToken) =>
                generating.IsUndo(parse)
                    ? runner.RunAsync(parse, (call, token) => generating.DeriveAsync(parse, call, token), cancellationToken)
                    : runner.RunAsync(
                        parse,
                        (FileCall call, CancellationToken token) =>
                        {
                            var (folder, configured) = call.Settings.Selector.MigrationFolder();
                            var options = new CreateOptions
                            {
                                Layout = call.Settings.Options(configured).Folder.Layout,
                                Language = parse.GetValue(language) is "powershell" ? MigrationKind.PowerShell : MigrationKind.Sql,
                                Irreversible = parse.GetValue(irreversible),
                            };
                            var here = call with { Settings = call.Settings with { Folder = folder } };
                            var given = parse.GetValue(name)!;
                            return generating.IsFrom(parse)
                                ? generating.GenerateAsync(parse, here, given, options, token)
                                : Task.FromResult(Run(here.Settings, here.Report, given, options));
                        },
                        cancellationToken
                    )
        );
        return command;
    }

    private static int Run(Settings settings, IReport report, string name, CreateOptions options)
    {
        var now = DateTimeOffset.Now;
        var files = settings.WhatIf
            ? MigrationTemplate.Preview(settings.Folder, name, options, now)
            : MigrationTemplate.Create(settings.Folder, name, options, now);
        report.Created(files, settings.WhatIf);
        return ExitCode.Done;
    }
}
