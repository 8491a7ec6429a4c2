using Migrations.Cli.Options;
using Migrations.Reporting;

namespace Migrations.Cli.Commands;

/// <summary><c>report</c>: one HTML page about one database, all services, or a fleet.</summary>
internal static class ReportCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var file = OptionOf.Text("--output-file", "file", "The file that gets the page. An earlier report there is replaced.");
        file.Required = true;
        var title = OptionOf.Text("--title", "text", "The heading of the page.");
        var last = Choice.Count("--last", "How many of the newest events of a history to show. Default: 200.");
        var noChecks = OptionOf.Flag("--no-checks", "Make no checks and do not compare the schema.");
        var command = new DescribedCommand(
            "report",
            "Write one HTML page: status, history, schema diagram, differences, checks and backups.",
            SharedOptions.Migrations,
            "migrations report --output-file report.html",
            "migrations report --databases 'tenants/*.db' --output-file tenants.html",
            "migrations report --environment production --output-file production.html"
        )
        {
            file,
            title,
            last,
            noChecks,
        };
        var backups = new NewestBackupOptions();
        var scratch = new ScratchOption();
        var ignore = new IgnoreOption();
        backups.AddTo(command);
        scratch.AddTo(command);
        ignore.AddTo(command);
        command.SetAction(
            async (parse, cancellationToken) =>
            {
                var collection = new ReportCollection(parse.GetRequiredValue(file)!, parse.GetValue(title));
                return await runner
                    .RunAsync(
                        parse,
                        (call, token) =>
                        {
                            var checks = new CheckRequest
                            {
                                Ignored = ignore.Read(parse, call.Settings),
                                ScratchServer = scratch.Read(parse),
                            };
                            checks = backups.Read(parse, call.Settings, checks);
                            var request = new ReportRequest
                            {
                                Checks = parse.GetValue(noChecks) ? null : checks,
                                BackupFolder = checks.BackupFolder,
                                Last = parse.GetValue(last) ?? new ReportRequest().Last,
                            };
                            return collection.ReadAsync(call, request, token);
                        },
                        cancellationToken,
                        finish: collection.Write
                    )
                    .ConfigureAwait(false);
            }
        );
        return command;
    }
}
