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
            ]);

        Assert.Equal(
            "CREATE TABLE orders (id integer);\nALTER TABLE orders ADD z_key;\nALTER TABLE orders ADD a_customer;\nCREATE VIEW z_totals;\nCREATE VIEW a_report AS SELECT * FROM z_totals;\nCREATE INDEX i;\nCREATE TRIGGER t;\n",
            SchemaScript.Write(snapshot));
    }

    private static SchemaObject Made(SchemaObjectType type, string name, string definition, string sql) => Object(type, name, definition, table: null) with { CreateSql = sql };
}
