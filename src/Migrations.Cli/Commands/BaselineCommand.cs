using System.CommandLine;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary><c>baseline</c>: start from a schema that exists already.</summary>
internal static class BaselineCommand
{
    public static Command Create(DatabaseRunner runner)
    {
        var version = new Argument<string>("version") { Description = "The last migration that the schema already holds: a version, a semantic version or a name." };
        var command = new Command("baseline", "Record migrations as applied, without running them, up to a version.") { version };
        command.SetAction((parse, cancellationToken) =>
        {
            var target = parse.GetRequiredValue(version);
            return runner.RunAsync(parse, (call, token) => RunAsync(call, target, token), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(DatabaseCall call, string target, CancellationToken cancellationToken)
    {
        var recorded = call.Settings.WhatIf
            ? await FindAsync(call, target, cancellationToken).ConfigureAwait(false)
            : await call.Migrator.BaselineAsync(new BaselineRequest { Target = target }, cancellationToken).ConfigureAwait(false);
        call.Report.Baseline(call.Target, recorded, call.Settings.WhatIf);
        return ExitCode.Done;
    }

    // What a run up to that version would apply is what a baseline records.
    private static async Task<IReadOnlyList<MigrationStatus>> FindAsync(DatabaseCall call, string target, CancellationToken cancellationToken)
    {
        var plan = await call.Migrator.PlanApplyAsync(new ApplyRequest { Target = target }, cancellationToken).ConfigureAwait(false);
        var names = plan.Steps.Select(step => step.Migration.FullName).ToHashSet(StringComparer.Ordinal);
        var statuses = await call.Migrator.GetStatusAsync(cancellationToken).ConfigureAwait(false);
        return [.. statuses.Where(status => names.Contains(status.Name))];
    }
}
