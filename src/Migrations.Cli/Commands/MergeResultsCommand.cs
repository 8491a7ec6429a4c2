using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Fleet;

namespace Migrations.Cli.Commands;

/// <summary><c>merge-results</c>: put the results of all shards of a fleet together.</summary>
internal static class MergeResultsCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var files = new Argument<string[]>("file")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "The files that calls with --result-file wrote, or folders of them.",
        };
        var report = OptionOf.Text("--report", "file", "Also write a JUnit file: a suite for each shard, a case for each database.");
        var command = new DescribedCommand(
            "merge-results",
            "Merge the results of a fleet's shards; fails when one is missing or failed.",
            SharedOptions.None,
            "migrations merge-results ./results",
            "migrations merge-results ./results/*.json --report TEST-tenants.xml"
        )
        {
            files,
            report,
        };
        command.SetAction(
            (parse, _) => runner.RunAsync(parse, output => Run(parse.GetRequiredValue(files), parse.GetValue(report), output))
        );
        return command;
    }

    private static int Run(string[] paths, string? report, IReport output)
    {
        var summary = FleetSummary.Read([.. paths.Select(Path.GetFullPath)]);
        if (report is not null)
            FleetReport.Write(Path.GetFullPath(report), summary);
        output.Merged(summary);
        if (summary.Failure is not { } failure)
            return ExitCode.Done;
        output.Failure(target: null, failure);
        return ExitCode.Of(failure);
    }
}
