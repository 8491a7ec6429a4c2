using Migrations.Core.Tests.Schema;
using Migrations.Diagrams;
using Migrations.Schema;
using Xunit;

namespace Migrations.Core.Tests.Diagrams;

/// <summary>Diagrams are read from definitions in the forms that both databases have, and written for documents.</summary>
public class SchemaDiagramTests
{
    private static readonly string[] Hostile =
    [
        "</script><img src=x onerror=alert(1)>",
        "a\"b",
        "x\\",
        "#quot;",
        "%%{init}%%",
        "ü ☃",
        "`",
        "",
    ];

    [Theory]
    [InlineData("INTEGER", "INTEGER", false)]
    [InlineData("", "", false)]
    [InlineData("TEXT NOT NULL DEFAULT 1", "TEXT", true)]
    [InlineData("TEXT COLLATE nocase GENERATED ALWAYS AS (x IS NOT NULL) VIRTUAL", "TEXT", false)]
    [InlineData("NUMERIC(10, 4) NOT NULL", "NUMERIC(10, 4)", true)]
    [InlineData("timestamp with time zone DEFAULT now() NOT NULL", "timestamp with time zone", true)]
    [InlineData("character varying(20) COLLATE pg_catalog.\"C\" NOT NULL", "character varying(20)", true)]
    [InlineData("bigint GENERATED ALWAYS AS IDENTITY NOT NULL", "bigint", true)]
    [InlineData("public.\"my NOT type\"[]", "public.\"my NOT type\"[]", false)]
    [InlineData("text DEFAULT ' NOT NULL '::text", "text", false)]
    public void Types_are_what_stands_before_the_rest(string definition, string type, bool isRequired)
    {
        var column = Assert.Single(Assert.Single(Of(Table("a", [("x", definition)])).Tables).Columns);
        Assert.Equal(type, column.Type);
        Assert.Equal(isRequired, column.IsRequired);
    }

    [Theory]
    [InlineData("FOREIGN KEY (x) REFERENCES \"we ird\" (\"i,d\")")]
    [InlineData("FOREIGN KEY (x) REFERENCES \"we ird\"(\"i,d\") ON DELETE SET NULL")]
    [InlineData("FOREIGN KEY (x) REFERENCES \"WE ird\"(\"i,d\") MATCH FULL DEFERRABLE")]
    public void Foreign_keys_are_read_in_both_forms(string key)
    {
        var diagram = Of(
            Table("a", [("x", "INTEGER"), ("\" REFERENCES b\"", "TEXT")], key, "FOREIGN KEY (\" REFERENCES b\") REFERENCES gone(id)"),
            Table("\"we ird\"", [("\"i,d\"", "INTEGER")], "PRIMARY KEY (\"i,d\")")
        );
        var link = Assert.Single(diagram.Links);
        Assert.Equal("we ird", diagram.Tables[link.To].Label);
        Assert.Equal(["x"], link.FromColumns);
        Assert.Equal(["i,d"], link.ToColumns);
        Assert.True(link is { IsOptional: true, IsUnique: false });
        Assert.True(diagram.Tables[link.From].Columns[0].IsForeign);
        Assert.True(diagram.Tables[link.To].Columns[0] is { IsPrimary: true, IsRequired: true, Name: "i,d" });
    }

    [Theory]
    [InlineData("UNIQUE (x)", null, true)]
    [InlineData("PRIMARY KEY (x, y)", null, false)]
    [InlineData(null, "UNIQUE USING btree (x)", true)]
    [InlineData(null, "UNIQUE (x) WHERE x > 0", false)]
    [InlineData(null, "(x)", false)]
    public void A_foreign_key_is_of_one_row_where_its_columns_are_a_key(string? constraint, string? index, bool isUnique)
    {
        string[] constraints = constraint is null ? [] : [constraint];
        SchemaObject[] indexes = index is null ? [] : [Snapshots.Object(SchemaObjectType.Index, "i", index, "a")];
        var diagram = Of(
            Table("a", [("x", "INTEGER"), ("y", "INTEGER")], ["FOREIGN KEY (x) REFERENCES b(id)", .. constraints]),
            indexes,
            Table("b", [("id", "INTEGER")], "PRIMARY KEY (id)")
        );
        Assert.Equal(isUnique, Assert.Single(diagram.Links).IsUnique);
    }

    [Fact]
    public void The_schema_is_left_out_where_there_is_only_one_and_partitions_are_always()
    {
        var one = Of(Table("public.a", [("id", "integer")]), Table("public.\"a.b\"", []));
        Assert.Equal(["a", "a.b"], one.Tables.Select(t => t.Label).Order(StringComparer.Ordinal));
        var partition = Snapshots.Object(
            SchemaObjectType.Table,
            "public.p",
            "PARTITION OF public.a FOR VALUES FROM (0) TO (1)",
            table: null
        );
        var two = Of(Table("public.a", []), Table("other.a", []), [partition]);
        Assert.Equal(["other.a", "public.a"], two.Tables.Select(t => t.Label).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Mermaid_has_a_line_for_each_table_column_and_foreign_key()
    {
        var text = Of(
                Table("parents", [("id", "INTEGER"), ("fk", "")], "PRIMARY KEY (id)"),
                Table(
                    "children",
                    [("id", "INTEGER NOT NULL"), ("parent id", "numeric(4, 1) NOT NULL")],
                    "FOREIGN KEY (parent id) REFERENCES parents(id)"
                )
            )
            .Write(DiagramFormat.Mermaid);
        Assert.Equal(
            """
            erDiagram
                t1["children"] {
                    INTEGER id "not null"
                    numeric_4__1 parent_id FK "parent id, not null"
                }
                t2["parents"] {
                    INTEGER id PK
                    any _fk "fk"
                }
                t2 ||--o{ t1 : "parent id"

            """.ReplaceLineEndings("\n"),
            text
        );
    }

    [Fact]
    public void Dot_has_a_port_for_each_column()
    {
        var text = Of(
                Table("a", [("id", "INTEGER"), ("b", "INTEGER NOT NULL")], "FOREIGN KEY (b) REFERENCES b(id)"),
                Table("b", [("id", "INTEGER")], "PRIMARY KEY (id)")
            )
            .Write(DiagramFormat.Dot);
        Assert.Contains("t1:c2:w -> t2:c1:e [dir=both, arrowhead=teetee, arrowtail=crowodot];", text, StringComparison.Ordinal);
        Assert.Contains("<td align=\"left\" port=\"c1\"><u>id</u></td>", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_names_stay_text_in_documents()
    {
        var diagram = Of([
            .. Hostile.Select((name, i) => Table($"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}{i}\"", [($"c{i}", name)])),
        ]);
        var mermaid = diagram.Write(DiagramFormat.Mermaid);
        // Quotes come in pairs on each line, and nothing in them ends an entity, a line or a text.
        Assert.All(mermaid.Split('\n'), line => Assert.Equal(0, line.Count(c => c == '"') % 2));
        Assert.DoesNotContain("<", mermaid, StringComparison.Ordinal);
        Assert.DoesNotContain("%%", mermaid, StringComparison.Ordinal);
        var dot = diagram.Write(DiagramFormat.Dot);
        Assert.DoesNotContain("<img", dot, StringComparison.Ordinal);
        Assert.Contains("&lt;/script&gt;&lt;img", dot, StringComparison.Ordinal);
    }

    private static SchemaDiagram Of(params SchemaObject[][] objects) => SchemaDiagram.Of(Snapshots.Of(objects));

    private static SchemaObject[] Table(string name, (string Name, string Definition)[] columns, params string[] constraints) =>
        [
            Snapshots.Object(SchemaObjectType.Table, name, "TABLE", table: null),
            .. columns.Select(
                (c, i) => Snapshots.Object(SchemaObjectType.Column, $"{name}.{c.Name}", c.Definition, name) with { Position = i + 1 }
            ),
            .. constraints.Select(c => Snapshots.Object(SchemaObjectType.Constraint, $"{name}.{c}", c, name)),
        ];
}
