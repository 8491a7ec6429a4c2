using System.Globalization;
using System.Text;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Foreign keys that rows of the source break, though the source has them as valid: the rows came in while triggers were off
/// (<c>session_replication_role = replica</c>, <c>ALTER TABLE ... DISABLE TRIGGER ALL</c>). A server does not make such a key again; it is
/// made
/// NOT VALID, which enforces it from then on (<see href="https://www.postgresql.org/docs/current/sql-altertable.html"/>).
/// </summary>
/// <param name="entries">The archive's entries; null when it is read only once, by <c>pg_restore</c>.</param>
internal sealed class BrokenForeignKeys(IReadOnlyList<ArchiveEntry>? entries = null)
{
    private const string Mark = "Command was: ";
    private const string OfCommand = ": error: could not execute query: ";

    private readonly HashSet<string>? _known = entries
        ?.Where(e => e.Kind is "FK CONSTRAINT")
        .Select(e => Text(e.Make))
        .ToHashSet(StringComparer.Ordinal);

    private readonly List<string> _statements = [];
    private StringBuilder? _statement;
    private bool _isOpen;

    /// <summary>The statements that make them, as the archive has them.</summary>
    public IReadOnlyList<string> Statements => _statements;

    /// <summary>
    /// Reads a line of <c>pg_restore</c>, which says what is wrong, and then which command that was, up to an empty line. What is wrong is
    /// said in the server's language, so only the command counts here; <see cref="AddAsync"/> lets the server decide.
    /// </summary>
    /// <param name="line">The line; null at the end.</param>
    /// <returns>Whether it may go on.</returns>
    public bool IsBearable(string? line)
    {
        if (line is not null && ClientProcess.IsError(line))
        {
            // An error without a command is one of the data, or of the connection.
            var isFirst = !_isOpen && line.Contains(OfCommand, StringComparison.Ordinal);
            _isOpen = true;
            return isFirst;
        }

        if (line?.StartsWith(Mark, StringComparison.Ordinal) == true)
            _statement = new StringBuilder(line[Mark.Length..]);
        else if (_statement is not null && line is { Length: > 0 })
            _statement.Append('\n').Append(line);
        else if (_statement is not null)
            return Ends(_statement.ToString().Trim());
        return line is not null || !_isOpen;
    }

    private bool Ends(string statement)
    {
        (_statement, _isOpen) = (null, false);
        // A value in an error's details may hold line ends, and say whatever it likes behind them.
        if (_known?.Contains(statement) == false || !AddsOneKey(statement))
            return false;
        _statements.Add(statement);
        return true;
    }

    // An archive's texts are bytes, each taken for a character.
    private static string Text(string bytes) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes)).Trim();

    /// <summary>
    /// Makes them: as they are where nothing is wrong with them after all, and else for the rows to come. Why a key cannot be made the
    /// server says by the code of the error.
    /// </summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupInvalid"/>: it is not for the rows, or the server makes such a key of
    /// this table in no way.</exception>
    public static async Task AddAsync(
        PostgreSqlConnection connection,
        IReadOnlyList<string> statements,
        CancellationToken cancellationToken
    )
    {
        foreach (var statement in statements)
        {
            var key = statement.TrimEnd().TrimEnd(';');
            try
            {
                if (!await TryAddAsync(connection, key, cancellationToken).ConfigureAwait(false))
                    await connection.ExecuteAsync(key + " NOT VALID", cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.WrongObjectType or PostgresErrorCodes.FeatureNotSupported)
            {
                throw Refuse(
                    "Rows of the backup have no parent, and the server makes the foreign key neither valid nor NOT VALID",
                    "Correct the rows in the source and back it up again; or restore by hand: pg_restore, without this key.",
                    key,
                    e
                );
            }
            catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e) && !cancellationToken.IsCancellationRequested)
            {
                throw Refuse(
                    "A foreign key of the backup cannot be made",
                    "Take another backup; 'migrations verify' shows which can be restored.",
                    key,
                    e
                );
            }
        }
    }

    private static async Task<bool> TryAddAsync(PostgreSqlConnection connection, string key, CancellationToken cancellationToken)
    {
        try
        {
            await connection.ExecuteAsync(key, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.ForeignKeyViolation)
        {
            return false;
        }
    }

    private static MigrationException Refuse(string what, string next, string key, PostgresException e) =>
        new(ErrorId.BackupInvalid, $"{what}: {e.MessageText}. It was to be made by: {key.Trim().ReplaceLineEndings(" ")}", next, e);

    /// <summary>How many keys of a database are NOT VALID; those of partitions are their parents'.</summary>
    public static async Task<long> CountOpenAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        var open = 0L;
        await connection
            .QueryAsync(
                "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND NOT convalidated AND conparentid = 0",
                row => open = row.GetInt64(0),
                cancellationToken
            )
            .ConfigureAwait(false);
        return open;
    }

    /// <summary>
    /// The statement of a foreign key in a script, made so that rows which break it make it NOT VALID: the server knows that by the code of
    /// the error, whatever its language.
    /// </summary>
    public static string Bearable(string statement)
    {
        var tag = "$migrations$";
        for (var i = 1; statement.Contains(tag, StringComparison.Ordinal); i++)
            tag = string.Create(CultureInfo.InvariantCulture, $"$migrations{i}$");
        var (outer, key) = (tag.Insert(tag.Length - 1, "_do"), statement.TrimEnd().TrimEnd(';'));
        return $"DO {outer} BEGIN EXECUTE {tag}{key}{tag}; EXCEPTION WHEN foreign_key_violation THEN "
            + $"EXECUTE {tag}{key} NOT VALID{tag}; END {outer};";
    }

    /// <summary>Whether a statement does nothing but add one foreign key, as <c>pg_dump</c> writes it: it can run no code.</summary>
    private static bool AddsOneKey(string statement)
    {
        var words = new StatementWords(statement);
        var at = words.StartWith("ALTER TABLE ONLY") ? 3 : 2;
        at += words[at + 1] is "." ? 3 : 1;
        if (!words.StartWith("ALTER TABLE") || words[at] is not "ADD" || words[at + 1] is not "CONSTRAINT")
            return false;
        if (words[at + 3] is not "FOREIGN" || words[at + 4] is not "KEY")
            return false;
        var depth = 0;
        for (; words[at].Length > 0; at++)
        {
            depth +=
                words[at] is "(" ? 1
                : words[at] is ")" ? -1
                : 0;
            // Another action, or another statement.
            if ((depth == 0 && words[at] is ",") || (words[at] is ";" && words[at + 1].Length > 0))
                return false;
        }

        return true;
    }

    /// <summary>Whether a statement of a script makes a foreign key that looks at the rows which are there.</summary>
    public static bool IsKey(string statement) => MakesKey(statement, isOpen: false);

    /// <summary>Whether it makes one that does not.</summary>
    public static bool IsOpenKey(string statement) => MakesKey(statement, isOpen: true);

    private static bool MakesKey(string statement, bool isOpen)
    {
        var words = new StatementWords(statement);
        return words.StartWith("ALTER TABLE") && words.Contain("FOREIGN", "KEY") && words.Contain("NOT", "VALID") == isOpen;
    }
}
