using Migrations.Tables;

namespace Migrations.Transfer;

/// <summary>The plan of a copy with the names that a mapping gives, in keys, expressions and views too.</summary>
/// <param name="mapping">The mapping.</param>
internal sealed class MappedPlan(CopyMapping mapping)
{
    /// <summary>The plan as the target builds it.</summary>
    public CopyPlan Of(CopyPlan plan) =>
        mapping.IsEmpty
            ? plan
            : plan with
            {
                Tables = [.. plan.Tables.Select(Of)],
                Views = [.. plan.Views.Select(Of)],
                FullTexts = [.. plan.FullTexts.Select(Of)],
            };

    /// <summary>An object that the target has named, by the name that its table has in the source.</summary>
    public LeftOutObject InSource(LeftOutObject item, IEnumerable<CopyTable> source) =>
        source.FirstOrDefault(t => string.Equals(mapping.TableName(t.Name), item.Table, StringComparison.Ordinal)) is { } table
            ? item with
            {
                Table = table.Name,
            }
            : item;

    /// <summary>The columns with the reason for their names.</summary>
    public IReadOnlyList<CopyTable> WithReasons(IReadOnlyList<CopyTable> tables) =>
        [
            .. tables.Select(t =>
                t with
                {
                    Columns =
                    [
                        .. t.Columns.Select(c =>
                            mapping.RenamedAt(t.Name, c.Name) is { } place ? c with { Reason = $"{c.Reason}; renamed at {place}" } : c
                        ),
                    ],
                }
            ),
        ];

    private CopyTable Of(CopyTable table)
    {
        var renamed = new RenamedColumns(c => c with { Name = Column(c.Name) });
        return table with
        {
            Name = mapping.TableName(table.Name),
            Columns = [.. table.Columns.Select(c => c with { Name = Column(c.Name), Generated = renamed.Maybe(c.Generated) })],
            PrimaryKey = Columns(table.PrimaryKey),
            Keys = [.. table.Keys.Select(k => k with { Columns = Columns(k.Columns) })],
            Checks = [.. table.Checks.Select(c => c with { Condition = renamed.In(c.Condition) })],
            ForeignKeys =
            [
                .. table.ForeignKeys.Select(k =>
                    k with
                    {
                        Columns = Columns(k.Columns),
                        Parent = mapping.TableName(k.Parent),
                        ParentColumns = [.. k.ParentColumns.Select(c => mapping.ColumnName(k.Parent, c))],
                    }
                ),
            ],
            Indexes = [.. table.Indexes.Select(i => i with { Parts = [.. i.Parts.Select(renamed.In)], Where = renamed.Maybe(i.Where) })],
            FullTexts = Columns(table.FullTexts),
        };

        string Column(string column) => mapping.ColumnName(table.Name, column);

        IReadOnlyList<string> Columns(IReadOnlyList<string> columns) => [.. columns.Select(Column)];
    }

    private CopyView Of(CopyView view)
    {
        var tables = view.Query.Sources.ToDictionary(s => s.Alias, s => s.Table, StringComparer.Ordinal);
        var renamed = new RenamedColumns(c =>
            c.Table is { } alias && tables.TryGetValue(alias, out var table) ? c with { Name = mapping.ColumnName(table, c.Name) } : c
        );
        var query = renamed.In(view.Query);
        return view with { Query = query with { Sources = [.. query.Sources.Select(s => s with { Table = mapping.TableName(s.Table) })] } };
    }

    private CopyFullText Of(CopyFullText index) =>
        index.Content is { } content
            ? index with
            {
                Content = mapping.TableName(content),
                Columns = [.. index.Columns.Select(c => mapping.ColumnName(content, c))],
            }
            : index;
}
