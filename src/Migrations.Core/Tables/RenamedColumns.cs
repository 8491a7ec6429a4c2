namespace Migrations.Tables;

/// <summary>Gives the columns of an expression or a query other names.</summary>
/// <param name="rename">The column under its other name.</param>
internal sealed class RenamedColumns(Func<ColumnReference, ColumnReference> rename)
{
    /// <summary>The expression with the other names.</summary>
    public SqlExpression In(SqlExpression expression) =>
        expression switch
        {
            ColumnReference column => rename(column),
            UnaryExpression e => e with { Operand = In(e.Operand) },
            BinaryExpression e => e with { Left = In(e.Left), Right = In(e.Right) },
            NullTest e => e with { Operand = In(e.Operand) },
            BetweenExpression e => e with { Operand = In(e.Operand), Low = In(e.Low), High = In(e.High) },
            InExpression e => e with { Operand = In(e.Operand), Items = All(e.Items) },
            LikeExpression e => e with { Operand = In(e.Operand), Pattern = In(e.Pattern), Escape = Maybe(e.Escape) },
            CaseExpression e => new CaseExpression(
                Maybe(e.Operand),
                [.. e.Branches.Select(b => (In(b.When), In(b.Then)))],
                Maybe(e.Otherwise)
            ),
            CastExpression e => e with { Operand = In(e.Operand) },
            NoCaseExpression e => e with { Operand = In(e.Operand) },
            FunctionCall e => e with { Arguments = All(e.Arguments) },
            _ => expression,
        };

    /// <summary>The same of one that may not be there.</summary>
    public SqlExpression? Maybe(SqlExpression? expression) => expression is null ? null : In(expression);

    /// <summary>The query with the other names; what it shows keeps its own.</summary>
    public SqlQuery In(SqlQuery query) =>
        query with
        {
            Columns = [.. query.Columns.Select(c => c with { Expression = In(c.Expression) })],
            Sources = [.. query.Sources.Select(s => s with { On = Maybe(s.On) })],
            Where = Maybe(query.Where),
            GroupBy = All(query.GroupBy),
            Having = Maybe(query.Having),
            OrderBy = [.. query.OrderBy.Select(In)],
            Limit = Maybe(query.Limit),
        };

    /// <summary>The part of an index with the other names.</summary>
    public CopyIndexPart In(CopyIndexPart part) => part with { Expression = In(part.Expression) };

    private IReadOnlyList<SqlExpression> All(IReadOnlyList<SqlExpression> all) => [.. all.Select(In)];
}
