using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary>Runs a command on each database of a call, one after another, and turns failures into messages and exit codes.</summary>
internal sealed class DatabaseRunner(GlobalOptions options, Terminal terminal)
{
    /// <summary>
    /// Runs a command that works on databases. A failure does not keep the other databases from their turn; a cancellation does.
    /// </summary>
    public Task<int> RunAsync(
        ParseResult parse,
        Func<DatabaseCall, CancellationToken, Task<int>> command,
        CancellationToken cancellationToken
    ) =>
        GuardAsync(
            parse,
            async (settings, report) =>
            {
                var code = ExitCode.Done;
                // All are looked at before any runs, so that a slip in the last one stops the call and not half of it.
                foreach (var call in Resolve(settings, report))
                {
                    // A call that was over before the cancellation reached it is done, and says so.
                    if (cancellationToken.IsCancellationRequested)
                        return ExitCode.Combine(code, Skip(report, call.Target));
                    code = ExitCode.Combine(
                        code,
                        await GuardAsync(report, call.Target, () => command(call, cancellationToken)).ConfigureAwait(false)
                    );
                }

                return code;
            }
        );

    /// <summary>Runs a command that works on files and may need a database besides.</summary>
    public Task<int> RunAsync(
        ParseResult parse,
        Func<FileCall, CancellationToken, Task<int>> command,
        CancellationToken cancellationToken
    ) =>
        GuardAsync(
            parse,
            (settings, report) =>
                command(
                    new FileCall
                    {
                        Settings = settings,
                        Report = report,
                        Terminal = terminal,
                    },
                    cancellationToken
                )
        );

    /// <summary>Runs a command that needs no database.</summary>
    public Task<int> RunAsync(ParseResult parse, Func<Settings, IReport, int> command) =>
        GuardAsync(parse, (settings, report) => Task.FromResult(command(settings, report)));

    /// <summary>Runs a command that finds its databases itself.</summary>
    public Task<int> RunAsync(
        ParseResult parse,
        Func<Settings, IReport, CancellationToken, Task<int>> command,
        CancellationToken cancellationToken
    ) => GuardAsync(parse, (settings, report) => command(settings, report, cancellationToken));

    private async Task<int> GuardAsync(ParseResult parse, Func<Settings, IReport, Task<int>> command)
    {
        using var json = options.IsJson(parse) ? new JsonReport(terminal) : null;
        IReport report = json is null ? new TextReport(terminal, options.DetailOf(parse)) : json;
        var code = await GuardAsync(report, target: null, () => command(options.Read(parse), report)).ConfigureAwait(false);
        report.Complete();
        return code;
    }

    private static int Skip(IReport report, DatabaseTarget target)
    {
        report.Failure(
            target,
            new MigrationException(ErrorId.Cancelled, $"Cancelled before {target.Display} was processed.", "Run the command again.")
        );
        return ExitCode.Cancelled;
    }

    private static async Task<int> GuardAsync(IReport report, DatabaseTarget? target, Func<Task<int>> command)
    {
        try
        {
            return await command().ConfigureAwait(false);
        }
        catch (MigrationException error)
        {
            report.Failure(target, error);
            return ExitCode.Of(error);
        }
        catch (OperationCanceledException)
        {
            report.Failure(
                target,
                new MigrationException(
                    ErrorId.Cancelled,
                    "Cancelled. What was running was rolled back.",
                    "See the state of the database: migrations status"
                )
            );
            return ExitCode.Cancelled;
        }
#pragma warning disable CA1031 // The last resort: whatever else happens is reported like any other error, with the exit code of a failure.
        catch (Exception unexpected)
#pragma warning restore CA1031
        {
            report.Failure(target, unexpected);
            return ExitCode.Failed;
        }
    }

    private List<DatabaseCall> Resolve(Settings settings, IReport report)
    {
        if (settings.Databases.Count == 0)
        {
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "No database was specified.",
                "Specify one with --database (a path or a postgres:// URL), or set DATABASE_URL, DATABASE_URL_FILE or PGHOST."
            );
        }

        var migrator = settings.Migrator with { Session = settings.Migrator.Session with { Events = report } };
        var baseFolder = Directory.GetCurrentDirectory();
        return settings
            .Databases.Select(text =>
            {
                var (driver, target) = Drivers.Resolve(text, baseFolder);
                return new DatabaseCall
                {
                    Migrator = new Migrator(driver, target, settings.Folder, migrator),
                    Driver = driver,
                    Target = target,
                    Settings = settings,
                    Report = report,
                    Terminal = terminal,
                };
            })
            .ToList();
    }
}
