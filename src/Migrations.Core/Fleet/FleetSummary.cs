using System.Globalization;

namespace Migrations.Fleet;

/// <summary>The results of all shares of a fleet, put together.</summary>
public sealed class FleetSummary
{
    private FleetSummary(IReadOnlyList<FleetResult> shards) => Shards = shards;

    /// <summary>The results of the shares, in their order.</summary>
    public IReadOnlyList<FleetResult> Shards { get; }

    /// <summary>All databases: those of the first share first.</summary>
    public IReadOnlyList<FleetResultRow> Databases => [.. Shards.SelectMany(s => s.Databases)];

    /// <summary>How many databases are completed.</summary>
    public int Completed => Count(FleetState.Completed);

    /// <summary>How many databases failed.</summary>
    public int Failed => Count(FleetState.Failed);

    /// <summary>How many databases no call came to.</summary>
    public int NotBegun => Count(FleetState.NotBegun);

    /// <summary>Whether all databases are completed.</summary>
    public bool IsComplete => Failed + NotBegun == 0;

    /// <summary>All of it in a sentence.</summary>
    public string Text =>
        string.Create(CultureInfo.InvariantCulture, $"{Completed} of {Databases.Count} databases completed in {Of(Shards.Count, "shard")}")
        + (Failed > 0 ? $"; {Failed.ToString(CultureInfo.InvariantCulture)} failed" : "")
        + (NotBegun > 0 ? $"; {NotBegun.ToString(CultureInfo.InvariantCulture)} not worked on" : "")
        + ".";

    /// <summary>Which databases are not completed, as an error; null when all are.</summary>
    public MigrationException? Failure =>
        IsComplete
            ? null
            : new MigrationException(
                ErrorId.ResultsIncomplete,
                $"{Of(Failed + NotBegun, "database")} not completed: "
                    + $"{FleetText.Names(Databases.Where(d => d.State != FleetState.Completed))}.",
                "Fix the problems that the shards reported and run them again; what is done already is not done twice."
            );

    /// <summary>Reads the results of one fleet, and puts them together.</summary>
    /// <param name="paths">Full paths of the files, or of folders whose <c>.json</c> files count.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: a file is no result;
    /// <see cref="ErrorId.ResultsIncomplete"/>: a share is missing, or they are not of one fleet.</exception>
    public static FleetSummary Read(IReadOnlyList<string> paths) =>
        Merge([.. paths.SelectMany(FilesOf).Distinct(StringComparer.Ordinal).Select(file => (file, FleetResultFile.Read(file)))]);

    /// <summary>Puts the shares of one fleet together. Of a share that ran several times, the newest result counts.</summary>
    /// <param name="results">The results, each with the file that it is from.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.ResultsIncomplete"/>: a share is missing, or they are not of one fleet.
    /// </exception>
    public static FleetSummary Merge(IReadOnlyList<(string File, FleetResult Result)> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        if (results.Count == 0)
            throw Incomplete("There is no result to merge.");
        var (file, first) = results[0];
        foreach (var (other, result) in results)
        {
            if (result.Shards != first.Shards)
                throw Incomplete($"'{file}' is one of {Of(first.Shards, "shard")}, '{other}' one of {Of(result.Shards, "shard")}.");
            if (!string.Equals(result.ListDigest, first.ListDigest, StringComparison.Ordinal))
                throw Incomplete($"'{file}' and '{other}' are of different lists of databases.");
            if (!string.Equals(result.Command, first.Command, StringComparison.Ordinal))
                throw Incomplete($"'{file}' is of the command {first.Command}, '{other}' of {result.Command}.");
        }

        var newest = results.Select(r => r.Result).GroupBy(r => r.Shard).Select(g => g.MaxBy(r => r.Began)!).OrderBy(r => r.Shard).ToList();
        var missing = Enumerable.Range(1, first.Shards).Except(newest.Select(r => r.Shard)).ToList();
        if (missing.Count > 0)
        {
            var which = string.Join(", ", missing.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m}/{first.Shards}")));
            throw Incomplete($"The result of {(missing.Count == 1 ? "the shard" : "the shards")} {which} is missing.");
        }

        if (newest.Sum(r => r.Databases.Count) is var count && count != first.Listed)
            throw Incomplete($"The shards have {count} databases together, and the list has {first.Listed}.");
        var twice = newest.SelectMany(r => r.Databases).GroupBy(d => (d.Database, d.Service)).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
            throw Incomplete($"{twice.Key.Database} is in the results of several shards, so that others are in none.");
        return new FleetSummary(newest);
    }

    private static IEnumerable<string> FilesOf(string path) =>
        Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.json").Order(StringComparer.Ordinal) : [path];

    private int Count(FleetState state) => Shards.Sum(s => s.Databases.Count(d => d.State == state));

    private static string Of(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static MigrationException Incomplete(string message) =>
        new(
            ErrorId.ResultsIncomplete,
            message,
            "Run the missing shards again, with the same list and the same number of shards: what is done already is not done twice. "
                + "Then merge the results of all of them."
        );
}
