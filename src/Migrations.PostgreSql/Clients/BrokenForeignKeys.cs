using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Foreign keys that rows of the source break, though the source has them as valid: the rows came in while triggers were off
/// (<c>session_replication_role = replica</c>, <c>ALTER TABLE ... DISABLE TRIGGER ALL</c>). A server does not make such a key again; it is made
/// NOT VALID, which enforces it from then on (<see href="https://www.postgresql.org/docs/current/sql-altertable.html"/>).
/// </summary>
internal sealed partial class BrokenForeignKeys
{
    private const string Kind = "FK CONSTRAINT";

    private readonly List<Named> _named = [];

    /// <summary>The numbers of the keys in the catalogue of their source.</summary>
    public IReadOnlyList<long> Oids => [.. Keys.Select(k => k.Oid)];

    private IEnumerable<Named> Keys => _named.Where(n => n.IsKey).Distinct();

    /// <summary>
    /// Reads a line of <c>pg_restore</c>, which names the entry before it says what is wrong with it. What the server says is in the server's
    /// language, and may repeat values of rows: it is not read. Jobs write side by side, so that what is wrong may be with any entry that was
    /// named; whether it is about rows shows when the key is made again.
    /// </summary>
    /// <returns>Whether it may go on.</returns>
    public bool IsBearable(string line)
    {
        if (EntryLine().Match(line) is { Success: true } match)
            _named.Add(
                new Named(
                    int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture),
                    long.Parse(match.Groups["oid"].Value, CultureInfo.InvariantCulture),
                    match.Groups["rest"].Value.StartsWith(Kind + " ", StringComparison.Ordinal)
                )
            );
        return !ClientProcess.IsError(line) || (_named.Count > 0 && _named.TrueForAll(n => n.IsKey));
    }

    /// <summary>The statements that make them, as the archive has them: nothing of what <c>pg_restore</c> wrote is run.</summary>
    /// <param name="entries">What is in the archive.</param>
    public IReadOnlyList<string> StatementsIn(IReadOnlyList<ArchiveEntry> entries)
    {
        var encoding = entries.FirstOrDefault(e => e.Kind is "ENCODING")?.Make.Split('\'').ElementAtOrDefault(1);
        return
        [
            .. Keys.SelectMany(k => entries.Where(e => e.Number == k.Number && e.Kind is Kind))
                .Select(e => ServerEncoding.Read(encoding, e.Make)),
        ];
    }

    /// <summary>Makes them for the rows to come.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupInvalid"/>: the server makes such a key of this table in no way.</exception>
    public static async Task AddAsync(PostgreSqlSession session, IReadOnlyList<string> statements, CancellationToken cancellationToken)
    {
        foreach (var statement in statements)
        {
            try
            {
                await session.ExecuteAsync(NotValid(statement), cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e) && !cancellationToken.IsCancellationRequested)
            {
                throw new MigrationException(
                    ErrorId.BackupInvalid,
                    $"The server makes a foreign key of the backup neither valid, because of rows without a parent or for another reason, nor NOT VALID: {e.MessageText} ({e.SqlState}). It was to be made by: {statement.Trim().ReplaceLineEndings(" ")}",
                    "Correct the rows in the source and back it up again; or restore by hand: pg_restore, without this key.",
                    e
                );
            }
        }
    }

    /// <summary>
    /// The statement of a foreign key in a script, made so that rows which break it make it NOT VALID: the server knows that by the code of
    /// the error.
    /// </summary>
    public static string Bearable(string statement)
    {
        var tag = "$migrations$";
        for (var i = 1; statement.Contains(tag, StringComparison.Ordinal); i++)
            tag = string.Create(CultureInfo.InvariantCulture, $"$migrations{i}$");
        var (outer, key) = (tag.Insert(tag.Length - 1, "_do"), statement.TrimEnd().TrimEnd(';'));
        return $"DO {outer} BEGIN EXECUTE {tag}{key}{tag}; EXCEPTION WHEN foreign_key_violation THEN EXECUTE {tag}{NotValid(key)}{tag}; END {outer};";
    }

    /// <summary>Whether a statement of a script makes a foreign key that looks at the rows which are there.</summary>
    public static bool IsKey(string statement)
    {
        var words = new StatementWords(statement);
        return words.StartWith("ALTER TABLE") && words.Contain("FOREIGN", "KEY") && !words.Contain("NOT", "VALID");
    }

    private static string NotValid(string statement) => statement.TrimEnd().TrimEnd(';') + " NOT VALID";

    [GeneratedRegex(
        @"^pg_restore: from TOC entry (?<number>\d{1,9}); \d{1,10} (?<oid>\d{1,10}) (?<rest>.*)$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex EntryLine();

    private sealed record Named(int Number, long Oid, bool IsKey);
}
