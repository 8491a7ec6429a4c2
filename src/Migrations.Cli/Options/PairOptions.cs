using System.CommandLine;
using Migrations.Configuration;
using Migrations.Databases;

namespace Migrations.Cli.Options;

/// <summary>The two databases of a command: arguments, or environments of the configuration.</summary>
internal sealed class PairOptions
{
    private readonly Argument<string?> _first;
    private readonly Argument<string?> _second;
    private readonly Option<string?> _source = OptionOf.Text(
        "--source-environment",
        "name",
        "The first database is that of this environment of the configuration file; --environment names that of the second."
    );

    /// <summary>Creates them.</summary>
    /// <param name="first">The name and the meaning of the first argument.</param>
    /// <param name="second">The name and the meaning of the second.</param>
    public PairOptions((string Name, string Description) first, (string Name, string Description) second) =>
        (_first, _second) = (Side(first), Side(second));

    /// <summary>Puts them on the command.</summary>
    public void AddTo(DescribedCommand command)
    {
        command.Arguments.Add(_first);
        command.Arguments.Add(_second);
        command.Options.Add(_source);
    }

    /// <summary>The arguments as they were given.</summary>
    public IReadOnlyList<string> Texts(ParseResult parse) =>
        [.. new[] { parse.GetValue(_first), parse.GetValue(_second) }.OfType<string>()];

    /// <summary>The pairs of databases: one, or one for each service.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: it is not clear which databases are meant.</exception>
    public IReadOnlyList<(SelectedDatabase Source, SelectedDatabase Target)> Read(ParseResult parse, Settings settings) =>
        new DatabasePairs(settings.Configuration, settings.Choice).Find(
            [.. Texts(parse), .. settings.Choice.Databases],
            parse.GetValue(_source)
        );

    /// <summary>Works on pairs, and notes in an error the place of the configuration that it is about.</summary>
    public static async Task<int> TracedAsync(IReadOnlyList<(SelectedDatabase Source, SelectedDatabase Target)> pairs, Func<Task<int>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (MigrationException e)
        {
            DatabasePairs.Trace(pairs, e);
            throw;
        }
    }

    /// <summary>A database and its driver.</summary>
    public static (IDatabaseDriver Driver, DatabaseTarget Target) Resolve(SelectedDatabase database) =>
        DatabaseDrivers.Resolve(database.Database, database.BaseFolder);

    private static Argument<string?> Side((string Name, string Description) side) =>
        new(side.Name) { Arity = ArgumentArity.ZeroOrOne, Description = side.Description };
}
