using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Asks the server whether a database is sound. Each question is a read-only transaction of its own; one that is refused is NotRun.
/// </summary>
/// <param name="connection">The connection.</param>
internal sealed class PostgreSqlEngineChecks(PostgreSqlConnection connection)
{
    private const int MostShown = 20;
    private const int MostNamed = 3;
    private const string InvalidIndexes = "invalid-indexes";
    private const string NotValid = " NOT VALID";
    private const string UnvalidatedConstraints = "unvalidated-constraints";
    private const string ForeignKeys = "foreign-keys";
    private const string Sequences = "sequences";

    private readonly CatalogueChecks _catalogue = new(connection);

    /// <summary>Asks them all.</summary>
    public async Task<IReadOnlyList<CheckResult>> RunAsync(bool thorough, CancellationToken cancellationToken) =>
        [
            await AskAsync("index-integrity", token => new IndexIntegrity(connection).FindAsync(thorough, token), cancellationToken)
                .ConfigureAwait(false),
            await AskAsync(InvalidIndexes, _catalogue.FindInvalidIndexesAsync, cancellationToken).ConfigureAwait(false),
            await AskAsync(UnvalidatedConstraints, _catalogue.FindUnvalidatedAsync, cancellationToken).ConfigureAwait(false),
            await AskAsync(ForeignKeys, _catalogue.FindUnenforcedAsync, cancellationToken).ConfigureAwait(false),
            await AskAsync("checksums", _catalogue.FindChecksumFailuresAsync, cancellationToken).ConfigureAwait(false),
            await AskAsync(Sequences, token => new SequenceCheck(connection).FindAsync(thorough, token), cancellationToken)
                .ConfigureAwait(false),
            await AskAsync("statistics", _catalogue.FindWithoutStatisticsAsync, cancellationToken).ConfigureAwait(false),
        ];

    /// <summary>
    /// What is wrong with what the database holds, and will be with a copy of it, asked in the transaction that is open. What the server
    /// refuses to answer is left out.
    /// </summary>
    public async Task<IReadOnlyList<DatabaseFault>> FindFaultsAsync(CancellationToken cancellationToken)
    {
        var faults = new List<DatabaseFault>();
        foreach (
            var (name, find) in (IEnumerable<(string, Func<CancellationToken, Task<IntegrityFinding>>)>)
                [
                    (InvalidIndexes, _catalogue.FindInvalidIndexesAsync),
                    (UnvalidatedConstraints, _catalogue.FindUnvalidatedAsync),
                    (ForeignKeys, _catalogue.FindUnenforcedAsync),
                    (Sequences, token => new SequenceCheck(connection).FindAsync(thorough: true, token)),
                ]
        )
        {
            await connection.ExecuteAsync("SAVEPOINT migrations_fault", cancellationToken).ConfigureAwait(false);
            try
            {
                faults.AddRange(Faults(name, await find(cancellationToken).ConfigureAwait(false)));
            }
            catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e) && !cancellationToken.IsCancellationRequested)
            {
                // The snapshot must live on.
                await connection.ExecuteAsync("ROLLBACK TO SAVEPOINT migrations_fault", cancellationToken).ConfigureAwait(false);
            }

            await connection.ExecuteAsync("RELEASE SAVEPOINT migrations_fault", cancellationToken).ConfigureAwait(false);
        }

        return faults;
    }

    /// <summary>Those of the answers that a faithful copy gives too; damage it has no right to have.</summary>
    private static IReadOnlyList<DatabaseFault> Faults(string name, IntegrityFinding found)
    {
        if (found.Status != CheckStatus.Fail || name is not (InvalidIndexes or UnvalidatedConstraints or ForeignKeys or Sequences))
            return [];
        return
        [
            .. found
                .Objects.Select(o => o.Split(": ", 2))
                .Select(o => new DatabaseFault(name, o[0], o.Length > 1 ? o[1] : found.Message.TrimEnd('.'))
                {
                    DefinitionEnd =
                        o is [_, var detail]
                        && detail.Contains("FOREIGN KEY", StringComparison.Ordinal)
                        && detail.EndsWith(NotValid, StringComparison.Ordinal)
                            ? NotValid
                            : null,
                }),
        ];
    }

    private async Task<CheckResult> AskAsync(
        string name,
        Func<CancellationToken, Task<IntegrityFinding>> ask,
        CancellationToken cancellationToken
    )
    {
        var clock = Stopwatch.StartNew();
        var transaction = new ReadTransaction(connection);
        await using var _ = transaction.ConfigureAwait(false);
        IntegrityFinding found;
        try
        {
            await transaction.BeginAsync(cancellationToken).ConfigureAwait(false);
            found = await ask(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e) && !cancellationToken.IsCancellationRequested)
        {
            found = IntegrityFinding.NotRun($"The server refused to answer: {e.MessageText} ({e.SqlState}).");
        }

        return new CheckResult
        {
            Name = name,
            Category = CheckCategory.Engine,
            Status = found.Status,
            Expected = found.Expected,
            Actual =
                found.Objects.Count == 0
                    ? null
                    : string.Join("; ", found.Objects.Take(MostShown))
                        + (
                            found.Objects.Count > MostShown
                                ? string.Create(CultureInfo.InvariantCulture, $"; and {found.Objects.Count - MostShown} more")
                                : ""
                        ),
            Message = Named(found),
            NextStep = found.NextStep,
            Faults = Faults(name, found),
            Target = found.Objects.Count == 1 ? found.Objects[0].Split(": ")[0] : null,
            Duration = clock.Elapsed,
        };
    }

    /// <summary>The sentence, with the names of what it is about.</summary>
    private static string Named(IntegrityFinding found)
    {
        if (found.Status is not (CheckStatus.Fail or CheckStatus.Warn) || found.Objects.Count == 0)
            return found.Message;
        var names = string.Join(", ", found.Objects.Take(MostNamed).Select(o => o.Split(": ")[0]));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{found.Message.TrimEnd('.')} "
                + $"({names}{(found.Objects.Count > MostNamed ? $" and {found.Objects.Count - MostNamed} more" : "")})."
        );
    }
}
