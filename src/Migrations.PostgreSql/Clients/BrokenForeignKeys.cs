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
internal sealed class BrokenForeignKeys
{
    private const string Mark = "Command was: ";

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
            _statements.Add(_statement.ToString());
            _statement = null;
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

    /// <summary>Whether a statement of a script makes a foreign key that looks at the rows which are there.</summary>
    public static bool IsKey(string statement)
    {
        var words = new StatementWords(statement);
        return words.StartWith("ALTER TABLE") && words.Contain("FOREIGN", "KEY") && !words.Contain("NOT", "VALID");
    }
}
