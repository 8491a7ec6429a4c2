using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Transfer;

namespace Migrations.Cli.Commands;

/// <summary><c>copy</c>: a database of one engine into another, proven equal.</summary>
internal static class CopyCommand
{
    private enum OnError
    {
        Stop,
        Reject,
    }

    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var databases = new PairOptions(
            ("from", "The database to copy: a SQLite file or a postgres:// URL. Left out with --source-environment."),
            (
                "to",
                "The database to copy into, of the other engine; a SQLite file need not exist. Left out with --environment "
                    + "or --database."
            )
        );
        var tables = new TableOptions();
        var columns = new ColumnOptions();
        var onError = Choice.Of(
            "--on-error",
            "What to do with rows whose values do not fit. Default: stop.",
            ("stop", OnError.Stop),
            ("reject", OnError.Reject)
        );
        var file = OptionOf.Text("--reject-file", "file", "The new file of SQL for the rows that --on-error reject leaves out.");
        var throttle = Choice.Count(
            "--throttle-limit",
            "How many connections read at once, and how many tables are written at once. Default: one for each processor, at most 4."
        );
        var recreate = OptionOf.Flag("--recreate", "Drop tables of the same names in the target first, with what is in them.");
        var command = new DescribedCommand(
            "copy",
            "Copy a SQLite database to PostgreSQL or back, and prove every table equal before it is put in place.",
            SharedOptions.Migrations | SharedOptions.WhatIf | SharedOptions.Yes,
            "migrations copy shop.db postgres://ada@db.example.com/shop --what-if",
            "migrations copy shop.db postgres://ada@db.example.com/shop --path migrations",
            "migrations copy postgres://ada@db.example.com/shop copy.db",
            "migrations copy --source-environment local --environment staging --service '*'"
        )
        {
            onError,
            file,
            recreate,
            throttle,
        };
        databases.AddTo(command);
        tables.AddTo(command);
        columns.AddTo(command);
        command.Validators.Add(result =>
        {
            if ((result.GetValue(onError) == OnError.Reject) != result.GetValue(file) is not null)
                result.AddError("--on-error reject and --reject-file must be used together.");
        });
        command.SetAction(
            (parse, cancellationToken) =>
                runner.RunAsync(
                    parse,
                    (FileCall call, CancellationToken token) =>
                        RunAsync(
                            call,
                            databases.Read(parse, call.Settings),
                            columns.Read(parse, tables.Read(parse)) with
                            {
                                Recreates = parse.GetValue(recreate),
                                ThrottleLimit = parse.GetValue(throttle) ?? CopyRequest.DefaultThrottleLimit,
                                RejectFile = parse.GetValue(file) is { } path ? Path.GetFullPath(path) : null,
                                Session = call.Session,
                            },
                            token
                        ),
                    cancellationToken
                )
        );
        return command;
    }

    private static Task<int> RunAsync(
        FileCall call,
        IReadOnlyList<(SelectedDatabase Source, SelectedDatabase Target)> pairs,
        CopyRequest request,
        CancellationToken cancellationToken
    ) => PairOptions.TracedAsync(pairs, () => CopyAllAsync(call, pairs, request, cancellationToken));

    /// <summary>One pair after another; the first that fails ends the call.</summary>
    private static async Task<int> CopyAllAsync(
        FileCall call,
        IReadOnlyList<(SelectedDatabase Source, SelectedDatabase Target)> pairs,
        CopyRequest request,
        CancellationToken cancellationToken
    )
    {
        // All are looked at before any runs.
        var resolved = pairs
            .Select(p => (Source: PairOptions.Resolve(p.Source), Target: PairOptions.Resolve(p.Target), Into: p.Target))
            .ToList();
        if (!call.Settings.WhatIf && pairs.Any(p => p.Target.Confirm))
            Confirmation.Demand(
                call.Settings,
                call.Terminal,
                $"Running 'copy' in the environment '{pairs[0].Target.Environment}' on "
                    + string.Join(", ", resolved.Select(p => Shown(p.Into.Service, p.Target.Target))),
                "Nothing was changed."
            );
        var code = ExitCode.Done;
        foreach (var (source, target, into) in resolved)
        {
            var own = request with { Stamp = into.Stamp, Folder = FolderOf(call, into) };
            code = ExitCode.Combine(
                code,
                await (
                    call.Settings.WhatIf
                        ? ForecastAsync(call, source, target, own, cancellationToken)
                        : CopyAsync(call, source, target, own, cancellationToken)
                ).ConfigureAwait(false)
            );
        }

        return code;
    }

    private static TargetFolder? FolderOf(FileCall call, SelectedDatabase into) =>
        into.Folder.Length == 0 ? null : new TargetFolder(into.Folder, call.Settings.For(into).Migrator);

    private static string Shown(string? service, DatabaseTarget target) =>
        service is null ? target.Display : $"{service} ({target.Display})";

    private static async Task<int> ForecastAsync(
        FileCall call,
        (IDatabaseDriver Driver, DatabaseTarget Target) source,
        (IDatabaseDriver Driver, DatabaseTarget Target) target,
        CopyRequest request,
        CancellationToken cancellationToken
    )
    {
        var forecast = await new DatabaseCopy(source, target, request).ForecastAsync(cancellationToken).ConfigureAwait(false);
        call.Report.Transfers.Forecast(source.Target, target.Target, forecast);
        return forecast.Obstacles.Count == 0 ? ExitCode.Done : ExitCode.Found;
    }

    private static async Task<int> CopyAsync(
        FileCall call,
        (IDatabaseDriver Driver, DatabaseTarget Target) source,
        (IDatabaseDriver Driver, DatabaseTarget Target) target,
        CopyRequest request,
        CancellationToken cancellationToken
    )
    {
        if (request.Recreates)
            Confirmation.Demand(
                call.Settings,
                call.Terminal,
                $"Dropping the tables of {target.Target.Display} that have the names of those in {source.Target.Display}",
                "Nothing was changed."
            );
        var results = await new DatabaseCopy(source, target, request).RunAsync(cancellationToken).ConfigureAwait(false);
        call.Report.Transfers.Copied(source.Target, target.Target, results, request.RejectFile);
        return results.Any(r => r.Rejected > 0 || !r.IsComplete) ? ExitCode.Found : ExitCode.Done;
    }
}
