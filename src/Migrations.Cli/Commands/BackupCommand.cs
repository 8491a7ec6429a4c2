using System.CommandLine;
using Migrations.Backup;
using Migrations.Cli.Help;
using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary><c>backup</c>: write a backup, and prove it on request.</summary>
internal static class BackupCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var destination = new Option<string?>("--destination", "-t")
        {
            HelpName = "folder",
            Description = "The folder to write the backup to. It must exist. Default: the configuration's.",
        };
        var format = Choice.Of<BackupFormat>(
            "--format",
            "The engine's own format, or an SQL script. Default: native.",
            ("native", BackupFormat.Native),
            ("sql", BackupFormat.Sql)
        );
        var compress = OptionOf.Flag("--compress", "Compress the file with gzip.");
        var jobs = Choice.Count("--jobs", "How many jobs to run in parallel; more than 1 writes a folder (PostgreSQL). Default: 1.");
        var noCounts = OptionOf.Flag("--no-counts", "Do not count rows. Such a backup cannot be proven.");
        var full = OptionOf.Flag("--full", "Compute a digest of every table, so that a verification can compare every value.");
        var globals = OptionOf.Flag("--include-globals", "Also write roles and other server-wide objects, to a second file (PostgreSQL).");
        var exclude = new Option<string[]>("--exclude")
        {
            HelpName = "pattern",
            Description = "Leave out tables of this name, with * and ? as wildcards; can be repeated (SQLite, with --format sql).",
        };
        var prove = OptionOf.Flag("--prove", "Prove the backup immediately: restore it into a scratch database and compare.");
        var loading = new LoadingOptions();
        var command = new DescribedCommand(
            "backup",
            "Back up a database: one consistent snapshot and its manifest.",
            SharedOptions.Databases | SharedOptions.WhatIf,
            "migrations backup --destination ./backups",
            "migrations backup --destination ./backups --compress --prove"
        )
        {
            destination,
            format,
            compress,
            jobs,
            noCounts,
            full,
            globals,
            exclude,
            prove,
        };
        loading.AddTo(command);
        command.Validators.Add(result =>
            CallFaults.Exclude(result, "--prove and --no-counts cannot be used together: a proof compares the rows.", prove, noCounts)
        );
        command.SetAction(
            (parse, cancellationToken) =>
                runner.RunAsync(
                    parse,
                    (call, token) =>
                    {
                        var request = new BackupRequest
                        {
                            Folder = call.Settings.BackupFolder(parse.GetValue(destination)),
                            Format = parse.GetValue(format) ?? BackupFormat.Native,
                            Compress = parse.GetValue(compress),
                            Jobs = parse.GetValue(jobs) ?? 1,
                            CountRows = !parse.GetValue(noCounts),
                            Digests = parse.GetValue(full),
                            IncludeGlobals = parse.GetValue(globals),
                            Exclude = parse.GetValue(exclude) ?? [],
                        };
                        var proves = parse.GetValue(prove) || (call.Settings.Configured.ProveBackup?.Value == true && request.CountRows);
                        return RunAsync(call, request, proves, loading.Read(parse, call), token);
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        DatabaseCall call,
        BackupRequest request,
        bool prove,
        BackupOptions options,
        CancellationToken cancellationToken
    )
    {
        if (call.Settings.WhatIf)
        {
            call.Report.Backups.WhatIf(
                $"{call.Target.Display} would be backed up to {request.Folder}{(prove ? ", and the backup proven" : "")}."
            );
            return ExitCode.Done;
        }

        var backup = await new BackupManager(call.Driver, call.Target, options)
            .BackUpAsync(request, cancellationToken)
            .ConfigureAwait(false);
        if (!prove)
        {
            call.Report.Backups.Made(backup, proof: null);
            return ExitCode.Done;
        }

        BackupVerification proof;
        try
        {
            proof = await new BackupVerifier(call.Driver, options)
                .VerifyAsync(backup, call.Target, request.Digests, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is MigrationException or OperationCanceledException)
        {
            // The backup is there, whatever came of its proof.
            call.Report.Backups.Made(backup, proof: null);
            throw;
        }

        call.Report.Backups.Made(proof.Backup, proof);
        return proof.Proven ? ExitCode.Done : ExitCode.Found;
    }
}
