using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Configuration;

namespace Migrations.Cli.Commands;

/// <summary><c>config</c>: what is in force, or a file to begin with.</summary>
internal static class ConfigCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var create = OptionOf.Flag("--new", "Create a configuration file to begin with. A file that exists is never overwritten.");
        var command = new DescribedCommand(
            "config",
            "Show the settings in force and where each value comes from, with secrets as ***.",
            SharedOptions.Database | SharedOptions.Path | SharedOptions.Configuration | SharedOptions.WhatIf,
            "migrations config --environment production",
            "migrations config --new"
        )
        {
            create,
        };
        command.SetAction(parse => parse.GetValue(create) ? runner.CreateAsync(parse, CreateFile) : runner.RunAsync(parse, List));
        return command;
    }

    private static int CreateFile(NewConfiguration file, IReport report)
    {
        if (!file.WhatIf)
            ConfigurationTemplate.Create(file.Path);
        report.Created([file.Path], file.WhatIf);
        return ExitCode.Done;
    }

    private static int List(Settings settings, IReport report)
    {
        report.Configuration(new ConfigurationListing(settings.Configuration, settings.Choice).Read());
        return ExitCode.Done;
    }
}
