using System.Text;
using Migrations.Schema;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Reads the schema in two round trips: which queries are worth asking, and these. Each query gives the columns of <see
/// cref="CatalogueScope.Columns"/>: for a table, <c>create_sql</c> is what stands before its columns, <c>piece</c> what stands behind them,
/// and <c>after</c> the statements that follow; for what belongs to a table, <c>piece</c> is how it stands inside CREATE TABLE; for a
/// function or a view, what CREATE OR REPLACE must keep of it.
/// </summary>
/// <param name="connection">The connection.</param>
internal sealed class PostgreSqlSchemaReader(PostgreSqlConnection connection)
{
    // What the server writes depends on these; a search_path without the user's schemas makes it write every name with its schema.
    private const string Settings = $"""
        SELECT pg_catalog.set_config('search_path', '{OwnSettings.SearchPath}', true), pg_catalog.set_config('DateStyle', 'ISO, YMD', true),
            pg_catalog.set_config('IntervalStyle', 'postgres', true), pg_catalog.set_config('TimeZone', 'UTC', true),
                pg_catalog.set_config('extra_float_digits', '1', true),
            pg_catalog.set_config('bytea_output', 'hex', true), pg_catalog.set_config('quote_all_identifiers', 'off', true),
            pg_catalog.set_config('standard_conforming_strings', 'on', true)
        """;

    private const int MostAttempts = 3;

    private readonly List<Row> _rows = [];

    /// <summary>Reads it in a transaction of its own, or in the open one.</summary>
    public async Task<SchemaSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var transaction = new ReadTransaction(connection);
            await using var _ = transaction.ConfigureAwait(false);
            await transaction.BeginAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await ReadInsideAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException e)
                when (attempt < MostAttempts && e.SqlState is PostgresErrorCodes.InternalError && !connection.IsInRun)
            {
                // An object was dropped by others between being listed and being described, which no snapshot covers: look again, by
                // another connection, because Npgsql has closed this one.
                _rows.Clear();
            }
        }
    }

    /// <summary>
    /// Reads it in a transaction that is open on a connection, and leaves <see cref="OwnSettings.SearchPath"/> in force there.
    /// </summary>
    public async Task<SchemaSnapshot> ReadInsideAsync(CancellationToken cancellationToken)
    {
        await FillAsync(ofDump: false, queries => queries.Select(q => q.Sql), cancellationToken).ConfigureAwait(false);
        return new SchemaSnapshot(PostgreSqlTarget.Engine, connection.Info.EngineVersion, Build())
        {
            Preamble = "SET check_function_bodies = off;\n",
            RefusesDropOfUsed = true,
        };
    }

    /// <summary>The fingerprint of what <see cref="ReadInsideAsync"/> reads, in less time.</summary>
    /// <param name="ofDump">Whether that of what <c>pg_dump</c> writes is wanted: it leaves out indexes that are INVALID, as a failed build
    /// leaves them.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<string> ReadFingerprintAsync(bool ofDump, CancellationToken cancellationToken)
    {
        await FillAsync(ofDump, queries => queries.Where(q => q.IsInFingerprint).Select(q => q.OfFingerprint), cancellationToken)
            .ConfigureAwait(false);
        return new SchemaSnapshot(PostgreSqlTarget.Engine, connection.Info.EngineVersion, Build()).Fingerprint;
    }

    private async Task FillAsync(
        bool ofDump,
        Func<IEnumerable<CatalogueQuery>, IEnumerable<string>> form,
        CancellationToken cancellationToken
    )
    {
        var scope = new CatalogueScope(connection.Options, connection.ServerVersion) { OfDump = ofDump };
        var queries = ObjectQueries
            .Of(scope)
            .Concat(RelationQueries.Of(scope))
            .Concat(RareObjectQueries.Of(scope))
            .Concat(CommentAndGrantQueries.Of(scope))
            .ToList();
        var worthAsking = new List<CatalogueQuery>();
        await ReadAsync(
                [Settings, $"WITH {scope.Relations}\nSELECT {string.Join(", ", queries.Select(q => q.Probe))}"],
                (result, row) =>
                {
                    // The settings come first, because names in the probes must mean what they mean in the catalogue.
                    if (result == 1)
                        worthAsking.AddRange(queries.Where((_, i) => row.GetBoolean(i)));
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        var queriesOfRows = form(worthAsking);
        if (RawText.IsIn(connection.Npgsql))
            queriesOfRows = queriesOfRows.Select(Sendable);
        await ReadAsync(queriesOfRows, (_, row) => _rows.Add(Read(row)), cancellationToken).ConfigureAwait(false);
    }

    private static string Sendable(string query)
    {
        string[] names = CatalogueScope.Columns.Split(", ");
        var columns = names.Select(c => c is "type" or "position" ? $"q.{c}" : RawText.Sent($"q.{c}"));
        return $"SELECT {string.Join(", ", columns)} FROM (\n{query}) q ({CatalogueScope.Columns})";
    }

    private async Task ReadAsync(IEnumerable<string> queries, Action<int, NpgsqlDataReader> take, CancellationToken cancellationToken)
    {
        var batch = connection.CreateBatch();
        await using var _ = batch.ConfigureAwait(false);
        foreach (var query in queries)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(query));
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        var result = 0;
        do
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                take(result, reader);
            result++;
        } while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));
    }

    private static Row Read(NpgsqlDataReader reader)
    {
        var type = Enum.Parse<SchemaObjectType>(reader.GetString(0));
        var definition = Text(reader, 4) ?? "";
        if (type is not (SchemaObjectType.Comment or SchemaObjectType.Grant))
            definition = ExpressionForm.Of(definition);
        return new Row(
            type,
            Text(reader, 1)!,
            Text(reader, 2),
            reader.GetInt32(3),
            definition,
            Text(reader, 5),
            Text(reader, 6),
            Text(reader, 7),
            Text(reader, 8)
        );
    }

    private static string? Text(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) || reader.GetString(column) is not { Length: > 0 } text ? null : RawText.Read(text);

    private IEnumerable<SchemaObject> Build()
    {
        var parts = _rows.Where(r => r.Table is not null).ToLookup(r => r.Table!, StringComparer.Ordinal);
        return _rows.Select(row => new SchemaObject
        {
            Type = row.Type,
            Name = row.Name,
            Definition = row.Definition,
            Table = row.Table,
            Position = row.Position,
            CreateSql = row.Type == SchemaObjectType.Table ? CreateTable(row, parts[row.Name]) : Joined(row.CreateSql, row.After),
            DropSql = row.DropSql,
            ReplaceSql = Replaceable(row) is null ? null : Joined(Replacing(row.CreateSql!), row.After),
            Kept = Replaceable(row),
            IsPartOfTable = row.Type == SchemaObjectType.Column || (row.Type == SchemaObjectType.Constraint && row.Piece is not null),
        });
    }

    /// <summary>What CREATE OR REPLACE must keep: see <see cref="ObjectQueries"/> and <see cref="RelationQueries"/>.</summary>
    private static string? Replaceable(Row row) =>
        row is { Type: SchemaObjectType.Function or SchemaObjectType.View, CreateSql: not null } ? row.Piece : null;

    private static string Replacing(string create) =>
        create.StartsWith("CREATE OR REPLACE ", StringComparison.Ordinal) ? create : "CREATE OR REPLACE " + create["CREATE ".Length..];

    private static string CreateTable(Row table, IEnumerable<Row> parts)
    {
        var inside = parts
            .Where(p => p.Type is SchemaObjectType.Column or SchemaObjectType.Constraint)
            .OrderBy(p => p.Type)
            .ThenBy(p => p.Position)
            .ThenBy(p => p.Name, StringComparer.Ordinal)
            .ToList();
        var pieces = inside.Select(p => p.Piece).OfType<string>().ToList();
        var sql = new StringBuilder(table.CreateSql);
        if (
            table.Piece?.StartsWith("PARTITION OF", StringComparison.Ordinal) == true
            || table.Piece?.StartsWith("OF ", StringComparison.Ordinal) == true
        )
            return Typed(sql, table, inside);
        sql.Append(" (").AppendJoin(",", pieces.Select(p => "\n    " + p)).Append(pieces.Count > 0 ? "\n)" : ")");
        if (table.Piece is not null)
            sql.Append(' ').Append(table.Piece);
        return Joined(sql.ToString(), [table.After, .. inside.Where(p => p.Piece is not null).Select(p => p.After)])!;
    }

    /// <summary>A partition, or a table of a type: its columns come from there. What differs is set afterwards.</summary>
    private static string Typed(StringBuilder sql, Row table, List<Row> inside) =>
        Joined(
            sql.Append(' ').Append(table.Piece).ToString(),
            [
                table.After,
                .. inside
                    .Where(p => p.Type == SchemaObjectType.Constraint && p.Piece is not null)
                    .Select(p => Joined(p.CreateSql, p.After)),
                .. inside.Where(p => p.Type == SchemaObjectType.Column).Select(p => p.After),
            ]
        )!;

    private static string? Joined(string? first, params string?[] others) =>
        first is null ? null : string.Join(";\n", others.Where(o => o is not null).Prepend(first));

    private sealed record Row(
        SchemaObjectType Type,
        string Name,
        string? Table,
        int Position,
        string Definition,
        string? CreateSql,
        string? DropSql,
        string? Piece,
        string? After
    );
}
