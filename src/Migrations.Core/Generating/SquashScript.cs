using System.Globalization;
using Migrations.Databases;
using Migrations.Folders;
using Migrations.Schema;

namespace Migrations.Generating;

/// <summary>Writes what a database has as statements: its schema, and the rows of its tables.</summary>
internal sealed class SquashScript(IDatabaseInspector inspector, IChangeWriter changes)
{
    private const int RowsOfStatement = 500;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>Why it cannot be written, in sentences.</summary>
    public List<string> Reasons { get; } = [];

    /// <summary>The statements among them that set the numbers from which the next ones are given.</summary>
    public IReadOnlyList<string> Counters { get; private set; } = [];

    /// <summary>The statements, without semicolons.</summary>
    public async Task<IReadOnlyList<string>> WriteAsync(SchemaSnapshot schema, CancellationToken cancellationToken)
    {
        var how = changes.Rows(schema);
        foreach (var table in how.Unwritable)
        {
            if ((await AskAsync(table.Query, cancellationToken).ConfigureAwait(false)).Count > 0)
                Reasons.Add($"The table {table.Table} keeps its rows in a way of its own, so no INSERT puts them in.");
        }

        var rows = new List<string>();
        foreach (var table in how.Tables)
        {
            foreach (var part in (await AskAsync(table.Query, cancellationToken).ConfigureAwait(false)).Chunk(RowsOfStatement))
                rows.Add($"{table.Insert}\n{string.Join(",\n", part.Select(r => $"    ({string.Join(", ", r)})"))}");
        }

        if (rows.Count > 0)
            rows.InsertRange(0, how.Before);
        Counters = await CountersAsync(schema, cancellationToken).ConfigureAwait(false);
        rows.AddRange(Counters);
        return [.. SchemaScript.Statements(schema, rows), .. how.After];
    }

    /// <summary>The statements that set the numbers from which the next ones are given. Asking may move them on.</summary>
    public async Task<IReadOnlyList<string>> CountersAsync(SchemaSnapshot schema, CancellationToken cancellationToken) =>
        changes.Rows(schema).Counters is { } query
            ? [.. (await AskAsync(query, cancellationToken).ConfigureAwait(false)).Select(r => r[0]!)]
            : [];

    private async Task<IReadOnlyList<IReadOnlyList<string?>>> AskAsync(string sql, CancellationToken cancellationToken)
    {
        var query = new Query
        {
            Sql = sql,
            Location = new ScriptLocation("rows", 1),
            KeptRows = int.MaxValue,
            Timeout = Longest,
        };
        var answer = await inspector.AskAsync(query, cancellationToken).ConfigureAwait(false);
        return answer.Error is { } error ? throw error : answer.Rows;
    }

    /// <summary>The text of the file, below its header.</summary>
    public static string Text(IReadOnlyList<Migration> replaced, IReadOnlyList<string> statements) =>
        string.Concat(replaced.SelectMany(ReplacedMigrations.Write).Select(line => $"-- {line}\n"))
        + "\n"
        + GeneratedText.Write(
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Folded from {replaced.Count} migrations, and tried on a copy: the same schema and the same rows."
                ),
            ],
            statements
        );
}
