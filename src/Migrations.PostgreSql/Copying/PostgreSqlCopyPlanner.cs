using System.Globalization;
using Migrations.Databases;
using Migrations.Schema;
using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>Plans the copy of a schema: what its tables are in the words of no engine, and what cannot be copied.</summary>
/// <param name="connection">A connection in a read transaction.</param>
/// <param name="schema">The schema.</param>
/// <param name="scope">Which tables are meant, and what was decided about columns.</param>
internal sealed class PostgreSqlCopyPlanner(PostgreSqlConnection connection, string schema, CopyScope scope)
{
    private readonly List<LeftOutObject> _leftOut = [];

    // Of each table, the columns whose values are written as they mean: the others are text elsewhere.
    private readonly Dictionary<string, Dictionary<string, ColumnKind?>> _kinds = new(StringComparer.Ordinal);

    /// <summary>Plans it.</summary>
    public async Task<CopyPlan> PlanAsync(IReadOnlyDictionary<string, SourceRelation> tables, CancellationToken cancellationToken)
    {
        DemandColumns(tables);
        var planned = new List<CopyTable>();
        foreach (var table in tables.Values)
            planned.Add(await PlanAsync(table, cancellationToken).ConfigureAwait(false));
        var constraints = new SourceConstraints(connection, schema, KindOf);
        var whole = await constraints.AddAsync(planned, cancellationToken).ConfigureAwait(false);
        var views = new SourceViews(connection, schema);
        var read = await views.ReadAsync(_kinds, cancellationToken).ConfigureAwait(false);
        await LeaveOutObjectsAsync(cancellationToken).ConfigureAwait(false);
        return new CopyPlan
        {
            Tables = whole,
            Views = read,
            LeftOut = [.. _leftOut, .. constraints.LeftOut, .. views.LeftOut],
        };
    }

    private void DemandColumns(IReadOnlyDictionary<string, SourceRelation> tables)
    {
        if (scope.FullTexts.Count > 0)
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "A column for a full-text search is only made in PostgreSQL.",
                $"Leave out {CallOption.FullText}, and create an FTS5 table in the SQLite file after the copy."
            );
        foreach (var (name, type) in scope.Types)
        {
            var column =
                tables.Values.SelectMany(t => t.Columns.Where(c => IsColumn(name, t.Name, c.Name))).FirstOrDefault()
                ?? throw new MigrationException(
                    ErrorId.UsageInvalid,
                    $"There is no column {name} to choose a type for.",
                    "Name it as table.column, as the database has them."
                );
            if (type.Kind != ColumnKind.Text && type.Kind != column.Column.Type.Kind)
                throw new MigrationException(
                    ErrorId.UsageInvalid,
                    $"The column {name} is {column.Column.Declared}, which a copy does not convert to {type}.",
                    "Choose text, or leave the type to the copy."
                );
        }
    }

    private static bool IsColumn(string name, string table, string column) =>
        string.Equals(name, $"{table}.{column}", StringComparison.OrdinalIgnoreCase);

    private async Task<CopyTable> PlanAsync(SourceRelation table, CancellationToken cancellationToken)
    {
        var name = PostgreSqlText.Name(schema) + "." + PostgreSqlText.Name(table.Name);
        var (rows, found) = await ColumnFit
            .ReadAsync(connection, (table.IsPartitioned ? "" : "ONLY ") + name, table.Columns, cancellationToken)
            .ConfigureAwait(false);
        var kinds = _kinds[table.Name] = new Dictionary<string, ColumnKind?>(StringComparer.Ordinal);
        var columns = new List<CopyColumn>();
        foreach (var column in table.Columns)
        {
            var typed = Typed(table, column, rows, found[column.Name]);
            kinds[column.Name] = column.IsOfKind && typed.Type.Kind == column.Column.Type.Kind ? typed.Type.Kind : null;
            columns.Add(await NumberedAsync(table, column, typed, found[column.Name].Highest, cancellationToken).ConfigureAwait(false));
        }

        foreach (var search in table.Searches)
            _leftOut.Add(
                new LeftOutObject(
                    ComputedColumns.Kind,
                    search.Name,
                    table.Name,
                    "It holds the words of other columns for the search, which SQLite does otherwise.",
                    search.Expression
                )
            );
        // What computes a column may read those behind it.
        return new CopyTable
        {
            Name = table.Name,
            Rows = rows,
            Columns = [.. columns.Zip(table.Columns, (typed, column) => WithExpression(table, column, typed))],
            PrimaryKey = table.PrimaryKey,
        };
    }

    private CopyColumn Typed(SourceRelation table, SourceColumn column, long rows, (long Values, long Unfit, long Highest) found)
    {
        var chosen = scope.Types.FirstOrDefault(t => IsColumn(t.Key, table.Name, column.Name)).Value;
        var (type, reason) =
            chosen is not null ? (chosen, scope.ReasonOf($"{table.Name}.{column.Name}"))
            : found.Unfit > 0
                ? (new ColumnType(ColumnKind.Text), "text, because a value has " + ColumnFit.Describe(column.Column.Type.Kind))
            : column.IsOfKind ? (column.Column.Type, "every value fits")
            : (column.Column.Type, "text, as PostgreSQL writes it");
        var isConverted = type.Kind != column.Column.Type.Kind || !column.IsOfKind;
        return column.Column with
        {
            Type = type,
            Reason = reason,
            Values = string.Create(CultureInfo.InvariantCulture, $"{found.Values} values, NULL {rows - found.Values}"),
            Converted = isConverted ? found.Values : 0,
        };
    }

    private async Task<CopyColumn> NumberedAsync(
        SourceRelation table,
        SourceColumn column,
        CopyColumn typed,
        long highest,
        CancellationToken cancellationToken
    )
    {
        if (column.Sequence is not { } sequence || typed.Type.Kind != ColumnKind.Integer)
            return typed;
        var given = 0L;
        await connection
            .QueryTablesAsync(
                $"SELECT CASE WHEN is_called THEN last_value ELSE last_value OPERATOR(pg_catalog.-) 1 END FROM {sequence}",
                row => given = row.GetInt64(0),
                cancellationToken
            )
            .ConfigureAwait(false);
        return typed with
        {
            IsIdentity = true,
            HighestId = Math.Max(0, Math.Max(given, highest)),
            Reason =
                table.PrimaryKey is [var only] && string.Equals(only, column.Name, StringComparison.Ordinal)
                    ? "numbers the rows"
                    : typed.Reason,
        };
    }

    private CopyColumn WithExpression(SourceRelation table, SourceColumn column, CopyColumn typed)
    {
        if (column.Expression is not { } text || typed.IsIdentity)
            return typed;
        typed = typed with { Text = text };
        try
        {
            return column.IsComputed
                ? typed with
                {
                    Generated = PostgreSqlExpressionParser.Parse(text, name => KindOf(table.Name, name)),
                }
                : typed with
                {
                    Default = PostgreSqlExpressionParser.ParseDefault(text, typed.Type.Kind),
                };
        }
        catch (UntranslatableException e)
        {
            _leftOut.Add(
                column.IsComputed
                    ? new LeftOutObject(
                        ComputedColumns.Kind,
                        column.Name,
                        table.Name,
                        $"It is an ordinary column now, with the values: {e.Message}.",
                        text
                    )
                    : new LeftOutObject("default", column.Name, table.Name, $"It is not translated: {e.Message}.", text)
            );
            return typed;
        }
    }

    private ColumnKind KindOf(string table, string column) =>
        !_kinds[table].TryGetValue(column, out var kind)
            ? throw new UntranslatableException($"there is no column {column}")
            : kind ?? throw new UntranslatableException($"the values of {column} are written as text");

    // What stands beside the tables and their parts.
    private async Task LeaveOutObjectsAsync(CancellationToken cancellationToken)
    {
        var snapshot = await new PostgreSqlSchemaReader(connection).ReadInsideAsync(cancellationToken).ConfigureAwait(false);
        var prefix = schema + ".";
        foreach (var item in snapshot.Objects.Where(o => IsOther(o.Type)))
        {
            var isOfSchema = item.Name.Replace("\"", "", StringComparison.Ordinal).StartsWith(prefix, StringComparison.Ordinal);
            if (!isOfSchema && item.Type is not SchemaObjectType.Extension)
                continue;
            var owner = item.Table?.Replace("\"", "", StringComparison.Ordinal);
            _leftOut.Add(
                new LeftOutObject(
                    WordOf(item.Type),
                    item.Name,
                    owner is not null && _kinds.ContainsKey(owner[(owner.IndexOf('.', StringComparison.Ordinal) + 1)..])
                        ? owner[(owner.IndexOf('.', StringComparison.Ordinal) + 1)..]
                        : null,
                    "SQLite has no equal.",
                    item.CreateSql ?? item.Definition
                )
            );
        }
    }

    private static bool IsOther(SchemaObjectType type) =>
        type
            is SchemaObjectType.Extension
                or SchemaObjectType.Type
                or SchemaObjectType.Domain
                or SchemaObjectType.Sequence
                or SchemaObjectType.Function
                or SchemaObjectType.MaterializedView
                or SchemaObjectType.Trigger
                or SchemaObjectType.Rule
                or SchemaObjectType.Policy
                or SchemaObjectType.Other
                or SchemaObjectType.Comment;

    private static string WordOf(SchemaObjectType type) =>
        type is SchemaObjectType.MaterializedView ? "materialized view" : type.ToString().ToLowerInvariant();
}
