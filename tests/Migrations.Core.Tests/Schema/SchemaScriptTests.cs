using Migrations.Schema;
using Xunit;
using static Migrations.Core.Tests.Schema.Snapshots;

namespace Migrations.Core.Tests.Schema;

public class SchemaScriptTests
{
    [Fact]
    public void What_is_needed_comes_before_what_needs_it()
    {
        var snapshot = Of(
            Table("orders", "id integer"),
            [
                Made(SchemaObjectType.View, "a_report", "SELECT * FROM z_totals", "CREATE VIEW a_report AS SELECT * FROM z_totals"),
                Made(SchemaObjectType.View, "z_totals", "SELECT 1", "CREATE VIEW z_totals"),
                Made(SchemaObjectType.Trigger, "t", "BEFORE INSERT", "CREATE TRIGGER t"),
                Made(SchemaObjectType.Index, "i", "(id)", "CREATE INDEX i;"),
                Made(SchemaObjectType.Constraint, "a_customer", "FOREIGN KEY (c)", "ALTER TABLE orders ADD a_customer"),
                Made(SchemaObjectType.Constraint, "z_key", "PRIMARY KEY (id)", "ALTER TABLE orders ADD z_key"),
            ]
        );

        Assert.Equal(
            "CREATE TABLE orders (id integer);\nALTER TABLE orders ADD z_key;\nALTER TABLE orders ADD a_customer;\nCREATE "
                + "VIEW z_totals;\nCREATE VIEW a_report AS SELECT * FROM z_totals;\nCREATE INDEX i;\nCREATE TRIGGER t;\n",
            SchemaScript.Write(snapshot)
        );
    }

    [Fact]
    public void A_name_inside_another_word_names_nothing()
    {
        var snapshot = Of(Table("public.a", "x integer"), Table("public.b", "x integer) INHERITS (public.a"));

        Assert.StartsWith("CREATE TABLE public.a ", SchemaScript.Write(snapshot), StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_of_tables_comes_after_them_and_a_body_that_is_text_does_not_count()
    {
        var snapshot = Of(
            Table("s.t", "id integer"),
            [
                Made(SchemaObjectType.Function, "a_text()", "", "CREATE FUNCTION a_text()\nAS $function$ SELECT 1 FROM s.t $function$"),
                Made(
                    SchemaObjectType.Function,
                    "b_row()",
                    "",
                    "CREATE FUNCTION b_row() RETURNS SETOF s.t\nAS $function$ SELECT 1 $function$"
                ),
                Made(SchemaObjectType.Function, "c_body()", "", "CREATE FUNCTION c_body()\nBEGIN ATOMIC SELECT s.v.a FROM s.v; END"),
                Made(SchemaObjectType.Function, "d_other()", "", "CREATE FUNCTION d_other()\nBEGIN ATOMIC SELECT s.t2(); END"),
                Made(SchemaObjectType.View, "s.v", "SELECT", "CREATE VIEW s.v AS SELECT b_row()"),
            ]
        );

        var script = SchemaScript.Write(snapshot);

        string[] inOrder = ["FUNCTION a_text()", "FUNCTION d_other()", "TABLE s.t ", "FUNCTION b_row()", "VIEW s.v", "FUNCTION c_body()"];
        Assert.Equal(inOrder, inOrder.OrderBy(part => script.IndexOf("CREATE " + part, StringComparison.Ordinal)));
        Assert.All(inOrder, part => Assert.Contains("CREATE " + part, script, StringComparison.Ordinal));
    }

    private static SchemaObject Made(SchemaObjectType type, string name, string definition, string sql) =>
        Object(type, name, definition, table: null) with
        {
            CreateSql = sql,
        };
}
