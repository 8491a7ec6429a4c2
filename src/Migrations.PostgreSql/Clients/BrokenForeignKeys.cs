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

    private readonly HashSet<string>? _known = entries
        ?.Where(e => e.Kind is "FK CONSTRAINT")
        .Select(e => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(e.Make)).Trim())
        .ToHashSet(StringComparer.Ordinal);

    private readonly List<string> _statements = [];
    private StringBuilder? _statement;

    /// <summary>The statements that make them, as the archive has them.</summary>
    public IReadOnlyList<string> Statements => _statements;

    /// <summary>Reads a line of <c>pg_restore</c>, which says what is wrong, and then which command that was, up to an empty
    /// line.</summary>
    /// <returns>Whether it may go on.</returns>
    public bool IsBearable(string line)
    {
        if (ClientProcess.IsError(line))
            return line.Contains("violates foreign key constraint", StringComparison.Ordinal);
        if (line.StartsWith(Mark, StringComparison.Ordinal))
            _statement = new StringBuilder(line[Mark.Length..]);
        else if (_statement is not null && line.Length > 0)
            _statement.Append('\n').Append(line);
        else if (_statement is not null)
        {
            var statement = _statement.ToString().Trim();
            _statement = null;
            // A value in an error's details may hold line ends, and say whatever it likes behind them.
            if (_known?.Contains(statement) == false || !AddsOneKey(statement))
                return false;
            _statements.Add(statement);
        }

        return true;
    }

    /// <summary>Makes them for the rows to come.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupInvalid"/>: the server makes such a key of this table in no
    /// way.</exception>
    public static async Task AddAsync(
        PostgreSqlConnection connection,
        IReadOnlyList<string> statements,
        CancellationToken cancellationToken
    )
    {
        foreach (var statement in statements)
        {
            try
            {
                await connection.ExecuteAsync(statement.TrimEnd().TrimEnd(';') + " NOT VALID", cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.WrongObjectType or PostgresErrorCodes.FeatureNotSupported)
            {
                throw new MigrationException(
                    ErrorId.BackupInvalid,
                    "Rows of the backup have no parent, and the server makes the foreign key neither valid nor NOT VALID: "
                        + $"{e.MessageText}. It was to be made by: {statement.Trim().ReplaceLineEndings(" ")}",
                    "Correct the rows in the source and back it up again; or restore by hand: pg_restore, without this key.",
                    e
                );
            }
        }
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
    public static bool IsKey(string statement)
    {
        var words = new StatementWords(statement);
        return words.StartWith("ALTER TABLE") && words.Contain("FOREIGN", "KEY") && !words.Contain("NOT", "VALID");
    }
}
