using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Databases;
using Migrations.Tables;
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
        var from = new Argument<string>("from") { Description = "The database to copy: a SQLite file." };
        var to = new Argument<string>("to") { Description = "The database to copy into: a postgres:// URL." };
        var tables = new TableOptions();
        var types = new Option<string[]>("--column-type")
        {
            HelpName = "table.column=type",
            Description =
                "Use this type for a column; can be repeated. One of bigint, boolean, double precision, numeric, numeric(p,s), text, "
                + "bytea, date, timestamp, timestamptz, json, uuid.",
        };
        var onError = Choice.Of(
            "--on-error",
            "What to do with rows whose values do not fit. Default: stop.",
            ("stop", OnError.Stop),
            ("reject", OnError.Reject)
        );
        var file = OptionOf.Text("--reject-file", "file", "The new file of SQL for the rows that --on-error reject leaves out.");
        var recreate = OptionOf.Flag("--recreate", "Drop tables of the same names in the target first, with what is in them.");
        var command = new DescribedCommand(
            "copy",
            "Copy a SQLite database to PostgreSQL, and prove every table equal before it is put in place.",
            SharedOptions.History | SharedOptions.Limits | SharedOptions.WhatIf | SharedOptions.Yes,
            "migrations copy shop.db postgres://ada@db.example.com/shop --what-if",
            "migrations copy shop.db postgres://ada@db.example.com/shop"
        )
        {
            from,
            to,
            types,
            onError,
            file,
            recreate,
        };
        tables.AddTo(command);
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
                            (parse.GetValue(from)!, parse.GetValue(to)!),
                            new CopyRequest
                            {
                                Scope = tables.Read(parse) with { Types = TypesOf(parse.GetValue(types) ?? []) },
                                Recreates = parse.GetValue(recreate),
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

    private static async Task<int> RunAsync(
        FileCall call,
        (string From, string To) databases,
        CopyRequest request,
        CancellationToken cancellationToken
    )
    {
        var here = Directory.GetCurrentDirectory();
        var (source, target) = (DatabaseDrivers.Resolve(databases.From, here), DatabaseDrivers.Resolve(databases.To, here));
        var copy = new DatabaseCopy(source, target, request);
        if (call.Settings.WhatIf)
        {
            var forecast = await copy.ForecastAsync(cancellationToken).ConfigureAwait(false);
            call.Report.Transfers.Forecast(source.Target, target.Target, forecast);
            return forecast.Obstacles.Count == 0 ? ExitCode.Done : ExitCode.Found;
        }

        if (request.Recreates)
            Confirmation.Demand(
                call.Settings,
                call.Terminal,
                $"Dropping the tables of {target.Target.Display} that have the names of those in {source.Target.Display}",
                "Nothing was changed."
            );
        var results = await copy.RunAsync(cancellationToken).ConfigureAwait(false);
        call.Report.Transfers.Copied(source.Target, target.Target, results, request.RejectFile);
        return results.Any(r => r.Rejected > 0 || !r.IsComplete) ? ExitCode.Found : ExitCode.Done;
    }

    private static Dictionary<string, ColumnType> TypesOf(string[] texts)
    {
        var types = new Dictionary<string, ColumnType>(StringComparer.OrdinalIgnoreCase);
        foreach (var text in texts)
        {
            var (column, type) = CopyScope.ParseType(text);
            types[column] = type;
        }

        return types;
    }
}
