using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Comparing;
using Migrations.Databases;
using Migrations.Transfer;

namespace Migrations.Cli.Commands;

/// <summary><c>diff</c>: how two schemas differ, object by object.</summary>
internal static class DiffCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var left = Side("left", "The expected schema");
        var right = Side("right", "The schema to compare with it");
        var scratch = new ScratchOption();
        var ignore = new IgnoreOption();
        var data = OptionOf.Flag("--data", "Compare rows instead: both sides are databases, which may be of different kinds.");
        var tables = new TableOptions();
        var command = new DescribedCommand(
            "diff",
            "Compare two schemas (databases, SQL files, migration folders or backups), or the rows of two databases.",
            SharedOptions.Migrations,
            "migrations diff ./migrations shop.db",
            "migrations diff postgres://ada@staging/shop postgres://ada@production/shop",
            "migrations diff --data shop.db postgres://ada@production/shop"
        )
        {
            left,
            right,
            data,
        };
        tables.AddTo(command);
        command.Validators.Add(result =>
        {
            if (!result.GetValue(data) && tables.IsGiven(result))
                result.AddError("--table and --exclude-table need --data.");
        });
        scratch.AddTo(command);
        ignore.AddTo(command);
        command.SetAction(
            (parse, cancellationToken) =>
                runner.RunAsync(
                    parse,
                    (settings, report, token) =>
                        parse.GetValue(data)
                            ? CompareAsync(settings, report, (parse.GetValue(left)!, parse.GetValue(right)!), tables.Read(parse), token)
                            : RunAsync(
                                settings,
                                report,
                                parse.GetValue(left)!,
                                parse.GetValue(right)!,
                                scratch.Read(parse),
                                ignore.Read(parse, settings),
                                token
                            ),
                    cancellationToken
                )
        );
        return command;
    }

    private static Argument<string> Side(string name, string what) =>
        new(name) { Description = what + ": a database, a .sql file that creates a whole schema, a migration folder, or a backup." };

    private static async Task<int> CompareAsync(
        Settings settings,
        IReport report,
        (string Left, string Right) sides,
        CopyScope scope,
        CancellationToken cancellationToken
    )
    {
        var here = Directory.GetCurrentDirectory();
        var (left, right) = (DatabaseDrivers.Resolve(sides.Left, here), DatabaseDrivers.Resolve(sides.Right, here));
        var request = new CompareRequest { Scope = scope, Session = settings.Migrator.Session with { Events = report } };
        var results = await new DataComparison(left, right, request).RunAsync(cancellationToken).ConfigureAwait(false);
        report.Transfers.Compared(left.Target, right.Target, results);
        return results.All(r => r.Equal) ? ExitCode.Done : ExitCode.Found;
    }

    private static async Task<int> RunAsync(
        Settings settings,
        IReport report,
        string left,
        string right,
        DatabaseTarget? scratch,
        IReadOnlyList<string> ignored,
        CancellationToken cancellationToken
    )
    {
        var here = Directory.GetCurrentDirectory();
        var named = settings.Selector.NamedDatabases();
        (IDatabaseDriver, DatabaseTarget)? beside =
            named.Count > 0 ? DatabaseDrivers.Resolve(named[0].Database, named[0].BaseFolder) : null;
        var sides = SidePair.Resolve(left, right, beside, DatabaseDrivers.All, here);
        var options = settings.Migrator with { Session = settings.Migrator.Session with { Events = report } };
        var reader = new SchemaSides(
            sides.Driver,
            options,
            new ScratchRequest
            {
                Origin = sides.Origin,
                Server = scratch,
                Session = options.Session,
            }
        );
        var differences = await reader.CompareAsync(sides, ignored, cancellationToken).ConfigureAwait(false);
        report.Integrity.Differences(sides.Left.Display, sides.Right.Display, differences);
        return differences.Count == 0 ? ExitCode.Done : ExitCode.Found;
    }
}
