using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>The form that an expression has after a dump and a reload.</summary>
public sealed class ExpressionFormTests
{
    [Theory]
    [InlineData(
        "(a = ANY ((ARRAY['x'::character varying, 'y''s, z'::character varying])::text[]))",
        "(a = ANY (ARRAY[('x'::character varying)::text, ('y''s, z'::character varying)::text]))"
    )]
    [InlineData(
        "(ARRAY[ARRAY['a'::bpchar], ARRAY[f(b, c)]])::character varying(9)[]",
        "ARRAY[ARRAY[('a'::bpchar)::character varying(9)], ARRAY[(f(b, c))::character varying(9)]]"
    )]
    [InlineData("((ARRAY[1])::\"My S\".\"t[]\"[])", "(ARRAY[(1)::\"My S\".\"t[]\"])")]
    [InlineData("(((a >= 1) AND (a <= 3)) AND b)", "((a >= 1) AND (a <= 3) AND b)")]
    [InlineData("((((a OR b) OR c) OR d) AND e)", "((a OR b OR c OR d) AND e)")]
    [InlineData("SELECT NULL::integer AS int4, 'x'::text AS text FROM t", "SELECT NULL::integer, 'x'::text FROM t")]
    [InlineData("(a)::character varying(9) AS \"varchar\",", "(a)::character varying(9),")]
    [InlineData("'{}'::timestamp(3) without time zone[] AS \"timestamp\", b", "'{}'::timestamp(3) without time zone[], b")]
    [InlineData("( SELECT (a)::\"My S\".\"t\"\"1\" AS \"t\"\"1\")", "( SELECT (a)::\"My S\".\"t\"\"1\")")]
    public void It_is_reached_at_once(string before, string after)
    {
        Assert.Equal(after, ExpressionForm.Of(before));
        Assert.Equal(after, ExpressionForm.Of(after));
    }

    [Theory]
    [InlineData("(b AND ((a >= 1) AND (a <= 3)))")]
    [InlineData("((a OR b) AND c)")]
    [InlineData("((SELECT count(*) FROM t WHERE (x AND y)) AND z)")]
    [InlineData("'((a AND b) AND c)'::text")]
    [InlineData("((ARRAY[1, 2])[1] = 1)")]
    [InlineData("(a = ANY ('{x,y}'::text[]))")]
    [InlineData("row_number() OVER (ORDER BY a ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)")]
    [InlineData("SELECT 1::integer AS n, 'x'::text AS a, '1 day'::interval AS text")]
    [InlineData("SELECT a::text, b AS text, CASE WHEN a = 'x'::text THEN b ELSE c END AS text")]
    [InlineData("'NULL::integer AS int4'::text AS \"a::text AS text\"")]
    public void What_survives_as_it_is_stays(string text) => Assert.Equal(text, ExpressionForm.Of(text));
}
