using FsCheck;
using FsCheck.Fluent;
using Migrations.Schema;
using Xunit;
using static Migrations.Core.Tests.Schema.Snapshots;

namespace Migrations.Core.Tests.Schema;

public class SchemaComparisonTests
{
    private static readonly SchemaSnapshot Shop = Of(
        Table("orders", "id integer", "note text"),
        [
            Object(SchemaObjectType.Index, "orders_by_note", "(note)", "orders") with
            {
                CreateSql = "CREATE INDEX orders_by_note ON orders (note)",
                DropSql = "DROP INDEX orders_by_note",
            },
        ]
    );

    [Fact]
    public void Equal_schemas_have_no_difference_and_one_fingerprint()
    {
        SchemaObject[] reversed = [.. Shop.Objects.Reverse()];
        var again = Of(reversed);

        Assert.Empty(SchemaComparison.Compare(Shop, again));
        Assert.Equal(Shop.Fingerprint, again.Fingerprint);
    }

    [Fact]
    public void An_added_object_is_fixed_by_dropping_it()
    {
        var difference = Assert.Single(SchemaComparison.Compare(Of(Table("orders", "id integer", "note text")), Shop));

        Assert.Equal(
            (DifferenceKind.Added, SchemaObjectType.Index, "orders_by_note"),
            (difference.Kind, difference.ObjectType, difference.Name)
        );
        Assert.Null(difference.Left);
        Assert.Equal("(note)", difference.Right);
        Assert.Equal("DROP INDEX orders_by_note", difference.Fix);
    }

    [Fact]
    public void A_removed_object_is_fixed_by_making_it()
    {
        var difference = Assert.Single(SchemaComparison.Compare(Shop, Of(Table("orders", "id integer", "note text"))));

        Assert.Equal((DifferenceKind.Removed, "CREATE INDEX orders_by_note ON orders (note)"), (difference.Kind, difference.Fix));
    }

    [Fact]
    public void A_changed_index_is_dropped_and_made_anew_but_a_column_is_never_dropped()
    {
        var changed = Of(
            Table("orders", "id bigint", "note text"),
            [
                Object(SchemaObjectType.Index, "orders_by_note", "(note DESC)", "orders") with
                {
                    CreateSql = "CREATE INDEX other",
                    DropSql = "DROP INDEX orders_by_note;",
                },
            ]
        );

        var differences = SchemaComparison.Compare(Shop, changed);

        Assert.Equal(["orders.id", "orders_by_note"], differences.Select(d => d.Name));
        Assert.Equal(("integer", "bigint", null), (differences[0].Left, differences[0].Right, differences[0].Fix));
        Assert.Equal("DROP INDEX orders_by_note;\nCREATE INDEX orders_by_note ON orders (note)", differences[1].Fix);
    }

    [Fact]
    public void A_table_that_only_one_side_has_is_one_difference()
    {
        var differences = SchemaComparison.Compare(Of(), Of(Table("tags", "id integer", "name text")));

        var difference = Assert.Single(differences);
        Assert.Equal(
            (DifferenceKind.Added, SchemaObjectType.Table, "tags", null),
            (difference.Kind, difference.ObjectType, difference.Name, difference.Fix)
        );
    }

    [Fact]
    public void Another_order_of_columns_is_told_once_and_changes_the_fingerprint()
    {
        var (left, right) = (Of(Table("orders", "id integer", "note text")), Of(Table("orders", "note text", "id integer")));

        var difference = Assert.Single(SchemaComparison.Compare(left, right));

        Assert.Equal(
            ("columns in the order orders.id, orders.note", "columns in the order orders.note, orders.id"),
            (difference.Left, difference.Right)
        );
        Assert.NotEqual(left.Fingerprint, right.Fingerprint);
    }

    [Fact]
    public void A_column_in_the_middle_is_no_other_order()
    {
        var difference = Assert.Single(
            SchemaComparison.Compare(
                Of(Table("orders", "id integer", "note text")),
                Of(Table("orders", "id integer", "total real", "note text"))
            )
        );

        Assert.Equal((DifferenceKind.Added, "orders.total"), (difference.Kind, difference.Name));
    }

    [Fact]
    public void Grants_count_only_when_asked_for_and_never_in_the_fingerprint()
    {
        var granted = Of([.. Shop.Objects], [Object(SchemaObjectType.Grant, "orders", "reader may SELECT", "orders")]);

        Assert.Empty(SchemaComparison.Compare(Shop, granted));
        Assert.Equal(SchemaObjectType.Grant, Assert.Single(SchemaComparison.Compare(Shop, granted, grants: true)).ObjectType);
        Assert.Equal(Shop.Fingerprint, granted.Fingerprint);
    }

    /// <summary>Small schemas that often differ in one thing only.</summary>
    private static Gen<SchemaSnapshot> Schemas { get; } =
        from tables in Gen.ListOf(Gen.Elements("a", "b", "c"))
        from columns in Gen.ListOf(Gen.Elements("id integer", "x text", "y text", "x real"))
        from index in Gen.Elements<string?>(null, "(x)", "(y)")
        select Of(
            [.. tables.Distinct().SelectMany(t => Table(t, [.. columns.DistinctBy(c => c.Split(' ')[0])]))],
            index is null ? [] : [Object(SchemaObjectType.Index, "i", index, table: null)]
        );

    [Fact]
    public void There_are_no_differences_exactly_when_the_fingerprints_are_equal() =>
        Prop.ForAll(
                Schemas.Two().ToArbitrary(),
                pair =>
                    (SchemaComparison.Compare(pair.Item1, pair.Item2).Count == 0)
                    == string.Equals(pair.Item1.Fingerprint, pair.Item2.Fingerprint, StringComparison.Ordinal)
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Comparing_the_other_way_round_swaps_the_sides() =>
        Prop.ForAll(
                Schemas.Two().ToArbitrary(),
                pair =>
                    SchemaComparison
                        .Compare(pair.Item1, pair.Item2)
                        .Select(d => (d.ObjectType, d.Name, d.Left, d.Right))
                        .ToHashSet()
                        .SetEquals(SchemaComparison.Compare(pair.Item2, pair.Item1).Select(d => (d.ObjectType, d.Name, d.Right, d.Left)))
            )
            .QuickCheckThrowOnFailure();
}
