using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Folders;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary><c>baseline</c>: start from a schema that exists already.</summary>
internal static class BaselineCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var version = new Argument<string>("version")
        {
            Description = "The last migration that the schema already contains: a version, a semantic version or a name.",
        };
        var command = new DescribedCommand(
            "baseline",
            "Record migrations up to a version as applied without running them, for a schema that already exists.",
            SharedOptions.Migrations | SharedOptions.WhatIf,
            "migrations baseline 042 --what-if",
            "migrations baseline 042 --database shop.db"
        )
        {
            version,
        };
        command.Effect = CommandEffect.Changes;
        command.SetAction(
            (parse, cancellationToken) =>
            {
                var target = parse.GetRequiredValue(version);
                return runner.RunAsync(parse, (call, token) => RunAsync(call, target, token), cancellationToken);
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(DatabaseCall call, string target, CancellationToken cancellationToken)
    {
        var recorded = call.Settings.WhatIf
            ? await FindAsync(call, target, cancellationToken).ConfigureAwait(false)
            : await RecordAsync(call, target, cancellationToken).ConfigureAwait(false);
        call.Report.Baseline(call.Target, recorded, call.Settings.WhatIf);
        return ExitCode.Done;
    }

    // A baseline is refused where anything was applied, so what counts as applied afterwards was recorded by one.
    private static async Task<IReadOnlyList<MigrationStatus>> RecordAsync(
        DatabaseCall call,
        string target,
        CancellationToken cancellationToken
    )
    {
        var statuses = await call.Migrator.BaselineAsync(new BaselineRequest { Target = target }, cancellationToken).ConfigureAwait(false);
        return [.. statuses.Where(status => status.State == MigrationState.Applied)];
    }

    private static async Task<IReadOnlyList<MigrationStatus>> FindAsync(
        DatabaseCall call,
        string target,
        CancellationToken cancellationToken
    )
    {
        var folder = MigrationFolderReader.Read(call.Settings.Folder, call.Settings.Migrator.Folder, cancellationToken);
        var last = MigrationResolver.Find(folder.Migrations, target).Version;
        var statuses = await call.Migrator.GetStatusAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. statuses.Where(status =>
                status.AppliedAt is null && status.State != MigrationState.NotHere && status.Version is { } version && version <= last
            ),
        ];
    }
}
