using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Configuration;
using Migrations.Fleet;

namespace Migrations.Cli.Commands;

/// <summary>Runs a command on each database of a call, and turns failures into messages and exit codes.</summary>
internal sealed class DatabaseRunner(GlobalOptions options, Terminal terminal)
{
    /// <summary>
    /// Runs a command that works on databases. A failure does not keep the other databases from their turn; a cancellation does.
    /// </summary>
    /// <param name="parse">The call.</param>
    /// <param name="command">The work on one database.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="service">The service that an option of the command itself names.</param>
    /// <param name="foresee">Looks at one of several databases before the work on the first one begins.</param>
    /// <param name="finish">Ends the work, once all databases had their turn.</param>
    public Task<int> RunAsync(
        ParseResult parse,
        Func<DatabaseCall, CancellationToken, Task<int>> command,
        CancellationToken cancellationToken,
        string? service = null,
        Func<DatabaseCall, CancellationToken, Task>? foresee = null,
        Action<IReport, IEnumerable<DatabaseCall>>? finish = null
    ) =>
        GuardAsync(
            parse,
            async (given, report) =>
            {
                var settings = given.ForService(service);
                var described = parse.CommandResult.Command as DescribedCommand;
                var effect = described?.Effect ?? CommandEffect.None;
                if (settings.Verbose && !options.IsJson(parse) && settings.Selector.Remark is { } remark)
                    terminal.Error(remark, Tone.Faint);
                var fleet = new FleetCall(settings, parse.CommandResult.Command.Name, effect, report, terminal);
                if (effect != CommandEffect.None && !settings.WhatIf && !IsConfirmed(parse))
                    Confirm(settings, parse.CommandResult.Command.Name, fleet.Calls);
                foreach (var call in foresee is null || fleet.Calls.Count < 2 ? [] : fleet.Calls.Values)
                    await foresee!(call, cancellationToken).ConfigureAwait(false);
                var code = await fleet
                    .RunAsync(
                        call =>
                            GuardAsync(
                                call.Report,
                                call.Target,
                                () =>
                                {
                                    fleet.Demand(call.Database);
                                    return command(call, cancellationToken);
                                },
                                call.Database,
                                error => fleet.Fail(call.Database, error)
                            ),
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                finish?.Invoke(report, fleet.Calls.Values);
                return code;
            },
            cancellationToken
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
                ),
            cancellationToken
        );

    /// <summary>Runs a command that needs no database.</summary>
    public Task<int> RunAsync(ParseResult parse, Func<Settings, IReport, int> command) =>
        GuardAsync(parse, (settings, report) => Task.FromResult(command(settings, report)));

    /// <summary>Runs a command that needs neither a database nor the configuration.</summary>
    public Task<int> RunAsync(ParseResult parse, Func<IReport, int> command) =>
        ReportAsync(parse, report => Task.FromResult(command(report)));

    /// <summary>Runs a command that reads no configuration, because it creates one.</summary>
    public Task<int> CreateAsync(ParseResult parse, Func<NewConfiguration, IReport, int> command) =>
        ReportAsync(parse, report => Task.FromResult(command(options.ReadNew(parse), report)));

    /// <summary>Runs a command that finds its databases itself.</summary>
    public Task<int> RunAsync(
        ParseResult parse,
        Func<Settings, IReport, CancellationToken, Task<int>> command,
        CancellationToken cancellationToken
    ) => GuardAsync(parse, (settings, report) => command(settings, report, cancellationToken), cancellationToken);

    private Task<int> GuardAsync(
        ParseResult parse,
        Func<Settings, IReport, Task<int>> command,
        CancellationToken cancellationToken = default
    ) =>
        ReportAsync(
            parse,
            async report =>
            {
                var settings = options.Read(parse);
                terminal.Format = options.LogFormatOf(parse) ?? settings.Configured.LogFormat?.Value ?? terminal.Format;
                return await command(await FindAsync(settings, report, cancellationToken).ConfigureAwait(false), report)
                    .ConfigureAwait(false);
            }
        );

    private async Task<int> ReportAsync(ParseResult parse, Func<IReport, Task<int>> command)
    {
        using var json = options.IsJson(parse) ? new JsonReport(terminal) : null;
        IReport report = json is null ? new TextReport(terminal, options.DetailOf(parse)) : json;
        var code = await GuardAsync(report, target: null, () => command(report)).ConfigureAwait(false);
        report.Complete();
        return code;
    }

    private static async Task<int> GuardAsync(
        IReport report,
        DatabaseTarget? target,
        Func<Task<int>> command,
        SelectedDatabase? database = null,
        Action<Exception>? failed = null
    )
    {
        try
        {
            return await command().ConfigureAwait(false);
        }
        catch (MigrationException error)
        {
            database?.Trace(error);
            Fail(error);
            return ExitCode.Of(error);
        }
        catch (OperationCanceledException)
        {
            Fail(
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
            Fail(unexpected);
            return ExitCode.Failed;
        }

        void Fail(Exception error)
        {
            report.Failure(target, error);
            failed?.Invoke(error);
        }
    }

    /// <summary>The settings on the databases that a query finds, where the call has one.</summary>
    private async Task<Settings> FindAsync(Settings settings, IReport report, CancellationToken cancellationToken)
    {
        if (settings.Query is not { } query)
            return settings;
        if (settings.Selector.Databases() is not [var control])
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "--databases-query asks one database, and the call names none or several.",
                "Name the database that holds the list with --database."
            );
        var call = DatabaseCall.Of(settings, control, report, terminal);
        return settings.On(
            await FleetQuery.ReadAsync(call.Driver, call.Target, query, call.Options.Session, cancellationToken).ConfigureAwait(false)
        );
    }

    private static bool IsConfirmed(ParseResult parse) =>
        parse.CommandResult.Command is DescribedCommand { Confirmed: { } option } && parse.GetValue(option);

    private void Confirm(Settings settings, string command, IReadOnlyDictionary<SelectedDatabase, DatabaseCall> calls)
    {
        if (!calls.Keys.Any(d => d.Confirm))
            return;
        var names = calls.Select(c => c.Key.Service is { } service ? $"{service} ({c.Value.Target.Display})" : c.Value.Target.Display);
        Confirmation.Demand(
            settings,
            terminal,
            $"Running '{command}' in the environment '{calls.Keys.First().Environment}' on {string.Join(", ", names)}",
            "Nothing was changed."
        );
    }
}
