using Migrations.Databases;
using Migrations.Sql;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Runs the statements of a declared check, and leaves nothing of them.</summary>
/// <param name="connection">The connection.</param>
/// <param name="query">The check.</param>
internal sealed class SqliteDeclaredCheckQuery(SqliteConnection connection, Query query)
{
    private readonly SqliteHandle _handle = connection.Handle;
    private readonly long _end = Environment.TickCount64 + (long)query.Timeout.TotalMilliseconds;

    /// <summary>Runs it.</summary>
    /// <exception cref="SqliteFailure">Another connection stands in the way.</exception>
    public QueryAnswer Run(CancellationToken cancellationToken)
    {
        var answer = new QueryAnswer();
        var wasConfined = _handle.IsConfined;
        _handle.Confine();
        try
        {
            RolledBackProbe.Run(_handle, () => answer = RunAll(cancellationToken), connection.State.Restore);
            return answer;
        }
        finally
        {
            if (!wasConfined)
                _handle.Release();
        }
    }

    private QueryAnswer RunAll(CancellationToken cancellationToken)
    {
        var statements = SqliteDialect.Instance.Split(ScriptOf(query)).ToList();
        var answer = new QueryAnswer();
        foreach (var statement in statements)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (Refuse(statement) is { } refusal)
                    return new QueryAnswer { Error = refusal };
                answer = query.Explain && statement == statements[^1] ? Explain(statement) : Query(statement) ?? answer;
            }
            catch (SqliteFailure e) when (!e.IsBusy)
            {
                cancellationToken.ThrowIfCancellationRequested();
                return new QueryAnswer
                {
                    Error = Error(e, statement),
                    IsErrorOfRows = e.PrimaryCode == SqliteCodes.Constraint,
                    IsParentMissing = e.Code == SqliteCodes.ForeignKey,
                };
            }
        }

        return answer;
    }

    private QueryAnswer? Query(ScriptStatement statement)
    {
        using var rows = Prepare(statement.Text);
        var (count, kept) = (0L, new List<IReadOnlyList<string?>>());
        while (rows.Step())
        {
            if (count++ < query.KeptRows)
                kept.Add([.. Enumerable.Range(0, rows.Columns).Select(i => Show(rows, i))]);
        }

        return rows.Columns == 0
            ? null
            : new QueryAnswer
            {
                RowCount = count,
                Columns = [.. Enumerable.Range(0, rows.Columns).Select(rows.NameOf)],
                Rows = kept,
            };
    }

    private QueryAnswer Explain(ScriptStatement statement)
    {
        using var rows = Prepare("EXPLAIN QUERY PLAN " + statement.Text);
        var (lines, depths) = (new List<string>(), new Dictionary<long, int>());
        while (rows.Step())
        {
            var depth = depths.TryGetValue(rows.Int64(1), out var parent) ? parent + 1 : 0;
            depths[rows.Int64(0)] = depth;
            lines.Add(new string(' ', 2 * depth) + rows.Text(3));
        }

        return new QueryAnswer { Plan = string.Join('\n', lines) };
    }

    private SqliteStatement Prepare(string sql)
    {
        _handle.Watch.StatementTimeout = TimeSpan.FromMilliseconds(Math.Max(1, _end - Environment.TickCount64));
        connection.State.Remember(StatementHead.Read(sql));
        return _handle.Prepare(sql);
    }

    private static string? Show(SqliteStatement row, int column) =>
        row.TypeOf(column) == SqliteType.Blob ? $"X'{Convert.ToHexString(row.Bytes(column))}'" : row.Text(column);

    private static MigrationScript ScriptOf(Query query) =>
        MigrationScript.OfText(query.Location.File, query.Sql) with
        {
            FirstLine = query.Location.Line,
        };

    // What would end the transaction, or reach other files.
    private static StatementException? Refuse(ScriptStatement statement)
    {
        var head = StatementHead.Read(statement.Text);
        var isOutside =
            head.Kind
                is StatementKind.Begin
                    or StatementKind.Commit
                    or StatementKind.Rollback
                    or StatementKind.Attach
                    or StatementKind.Detach
                    or StatementKind.Vacuum
                    or StatementKind.ShellCommand
            || (head.Kind == StatementKind.Pragma && SqlitePragmas.NeedsAutocommit(head));
        return isOutside ? Refused(statement, statement.Text.Split(' ', '\n')[0].ToUpperInvariant()) : null;
    }

    private static StatementException Refused(ScriptStatement statement, string what) =>
        new(
            ErrorId.TransactionControlInvalid,
            $"{statement.Location}: A check runs in a transaction that is rolled back, so it cannot run '{what}'.",
            "Remove the statement; SAVEPOINT and ROLLBACK TO are allowed."
        )
        {
            Location = statement.Location,
            Statement = statement.Text,
        };

    private StatementException Error(SqliteFailure failure, ScriptStatement statement) =>
        failure.Reach is { } reach ? Refused(statement, reach.Describe(statement.Text))
        : failure.PrimaryCode == SqliteCodes.Interrupt && _handle.Watch.TimedOut
            ? SqliteErrors.TimedOut(query.Timeout, statement.Text, statement.Location)
        : new StatementException(
            ErrorId.StatementFailed,
            $"{statement.Location}: {failure.Message} [{failure.CodeText}]",
            "Correct the check, or what it found.",
            failure
        )
        {
            Location = statement.Location,
            Statement = SqliteErrors.Cover(statement.Text),
            Code = failure.CodeText,
            Hint = SqliteHints.For(failure),
        };
}
