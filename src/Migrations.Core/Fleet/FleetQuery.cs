using System.Globalization;
using Migrations.Databases;

namespace Migrations.Fleet;

/// <summary>
/// Reads the databases of a fleet from a table of another database. A row may hold a password: no message shows any part of one.
/// </summary>
public static class FleetQuery
{
    private static readonly Advice Way =
        "Select one column that holds a file path or a postgres:// URL in each row, for example: SELECT url FROM tenants.";

    /// <summary>The databases, one a row, in any form that an option takes, each once. The query is rolled back.</summary>
    /// <param name="driver">The driver of the database that is asked.</param>
    /// <param name="control">The database that is asked.</param>
    /// <param name="sql">The query; its only column names the databases.</param>
    /// <param name="options">How to connect.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: it gives no database, or more than one column; or the
    /// database refuses.</exception>
    public static async Task<IReadOnlyList<string>> ReadAsync(
        IDatabaseDriver driver,
        DatabaseTarget control,
        string sql,
        SessionOptions options,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(driver);
        ArgumentNullException.ThrowIfNull(control);
        var query = new Query
        {
            Sql = sql,
            Location = new ScriptLocation("the query for databases", 1),
            KeptRows = int.MaxValue,
        };
        var session = await driver
            .OpenAsync(control, options with { Access = SessionAccess.Read }, cancellationToken)
            .ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var answer = await session.Inspector.AskAsync(query, cancellationToken).ConfigureAwait(false);
            if (answer.Error is not { } error)
                return Names(answer, control);
            error.NextStep = Way;
            throw error;
        }
    }

    private static IReadOnlyList<string> Names(QueryAnswer answer, DatabaseTarget control)
    {
        if (answer.Columns.Count != 1)
            throw Invalid($"The query for databases gives {answer.Columns.Count} columns; it needs one, which names them.");
        var names = answer.Rows.Select(row => row[0]?.Trim() ?? "").ToList();
        if (names.FindIndex(name => name.Length == 0) is >= 0 and var empty)
            throw Invalid(string.Create(CultureInfo.InvariantCulture, $"Row {empty + 1} of the query for databases is empty."));
        return names.Count > 0
            ? [.. names.Distinct(StringComparer.Ordinal)]
            : throw Invalid($"The query for databases found no rows in {control.Display}.");
    }

    private static MigrationException Invalid(string message) => new(ErrorId.UsageInvalid, message, Way);
}
