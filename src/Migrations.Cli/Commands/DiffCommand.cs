using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Comparing;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Transfer;

namespace Migrations.Cli.Commands;

/// <summary><c>diff</c>: how two schemas differ, object by object.</summary>
internal static class DiffCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        const string Kinds = "a database, a .sql file that creates a whole schema, a migration folder, or a backup.";
        var sides = new PairOptions(("left", "The expected schema: " + Kinds), ("right", "The schema to compare with it: " + Kinds));
        var scratch = new ScratchOption();
        var ignore = new IgnoreOption();
        var data = OptionOf.Flag("--data", "Compare rows instead: both sides are databases, which may be of different kinds.");
        var tables = new TableOptions();
        var command = new DescribedCommand(
            "diff",
            "Compare two schemas (databases, SQL files, migration folders or backups), or the rows of two databases.",
            SharedOptions.Migrations & ~SharedOptions.Fleet,
            "migrations diff ./migrations shop.db",
            "migrations diff postgres://ada@staging/shop postgres://ada@production/shop",
            "migrations diff --data shop.db postgres://ada@production/shop",
            "migrations diff --data --source-environment production --environment staging"
        )
        {
            data,
        };
        sides.AddTo(command);
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
                            ? CompareAsync(settings, report, sides.Read(parse, settings), tables.Read(parse), token)
                            : CompareSchemasAsync(
                                sides.Texts(parse),
                                () => sides.Read(parse, settings),
                                schemas => RunAsync(settings, report, schemas, scratch.Read(parse), ignore.Read(parse, settings), token)
                            ),
                    cancellationToken
                )
        );
        return command;
    }

    private static Task<int> CompareAsync(
        Settings settings,
        IReport report,
        IReadOnlyList<(SelectedDatabase Source, SelectedDatabase Target)> pairs,
        CopyScope scope,
        CancellationToken cancellationToken
    ) => PairOptions.TracedAsync(pairs, () => CompareAllAsync(settings, report, pairs, scope, cancellationToken));

    private static async Task<int> CompareAllAsync(
        Settings settings,
        IReport report,
        IReadOnlyList<(SelectedDatabase Source, SelectedDatabase Target)> pairs,
        CopyScope scope,
        CancellationToken cancellationToken
    )
    {
        var code = ExitCode.Done;
        foreach (var (source, target) in pairs)
        {
            var (left, right) = (PairOptions.Resolve(source), PairOptions.Resolve(target));
            var request = new CompareRequest { Scope = scope, Session = settings.Migrator.Session with { Events = report } };
            var results = await new DataComparison(left, right, request).RunAsync(cancellationToken).ConfigureAwait(false);
            report.Transfers.Compared(left.Target, right.Target, results);
            code = ExitCode.Combine(code, results.All(r => r.Equal) ? ExitCode.Done : ExitCode.Found);
        }

        return code;
    }

    /// <summary>Compares schemas as they were given; of environments, one pair.</summary>
    private static Task<int> CompareSchemasAsync(
        IReadOnlyList<string> given,
        Func<IReadOnlyList<(SelectedDatabase Source, SelectedDatabase Target)>> selected,
        Func<(string Left, string Right), Task<int>> compare
    )
    {
        if (given is [var left, var right])
            return compare((left, right));
        var pairs = selected();
        return pairs.Count == 1
            ? PairOptions.TracedAsync(pairs, () => compare((Absolute(pairs[0].Source), Absolute(pairs[0].Target))))
            : throw new MigrationException(
                ErrorId.UsageInvalid,
                "Schemas are compared for one service, and several are named.",
                "Name one service; or compare the rows of all with --data."
            );
    }

    // A relative path starts from where it was written.
    private static string Absolute(SelectedDatabase database) =>
        database.IsGiven || ConnectionText.Find(database.Database) is not null
            ? database.Database
            : Path.GetFullPath(database.Database, database.BaseFolder);

    private static async Task<int> RunAsync(
        Settings settings,
        IReport report,
        (string Left, string Right) schemas,
        DatabaseTarget? scratch,
        IReadOnlyList<string> ignored,
        CancellationToken cancellationToken
    )
    {
        var here = Directory.GetCurrentDirectory();
        var named = settings.Selector.NamedDatabases();
        (IDatabaseDriver, DatabaseTarget)? beside =
            named.Count > 0 ? DatabaseDrivers.Resolve(named[0].Database, named[0].BaseFolder) : null;
        var sides = SidePair.Resolve(schemas.Left, schemas.Right, beside, DatabaseDrivers.All, here);
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
