using Migrations.Diagrams;
using Xunit;

namespace Migrations.Core.Tests.Diagrams;

/// <summary>Where a diagram puts its boxes and lines, for many graphs: small and large, with circles and without arrows.</summary>
public class DiagramLayoutTests
{
    public static TheoryData<int, int, int> Graphs { get; } =
        new()
        {
            { 1, 0, 0 },
            { 2, 1, 1 },
            { 12, 0, 2 },
            { 20, 30, 3 },
            { 60, 75, 4 },
            { 60, 400, 5 },
            { 300, 320, 6 },
        };

    [Fact]
    public void Nothing_has_no_size()
    {
        var layout = DiagramLayout.Of([], []);
        Assert.Empty(layout.Boxes);
        Assert.Equal(new DiagramSize(0, 0), layout.Size);
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public void Boxes_never_overlap_and_stay_within_the_size(int boxes, int arrows, int seed)
    {
        var layout = Random(boxes, arrows, seed).Layout;
        for (var i = 0; i < boxes; i++)
        {
            var box = layout.Boxes[i];
            Assert.True(box is { X: >= 0, Y: >= -0.001 } && box.X + box.Width <= layout.Size.Width + 0.001, $"{i}: {box}");
            Assert.DoesNotContain(layout.Boxes.Take(i), other => Overlap(box, other));
        }
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public void Lines_begin_and_end_at_their_rows_and_pass_between_other_boxes(int boxes, int arrows, int seed)
    {
        var (layout, drawn) = Random(boxes, arrows, seed);
        for (var i = 0; i < drawn.Count; i++)
        {
            var (arrow, route) = (drawn[i], layout.Routes[i]);
            var (from, to) = (layout.Boxes[arrow.From], layout.Boxes[arrow.To]);
            Assert.Equal(from.Y + arrow.FromOffset, route[0].Y, 3);
            Assert.Equal(to.Y + arrow.ToOffset, route[^1].Y, 3);
            Assert.Contains(route[0].X, new[] { from.X, from.X + from.Width });
            Assert.Contains(route[^1].X, new[] { to.X, to.X + to.Width });
            // Where a line is level across a layer, no box of the layer is in its way.
            foreach (var (left, right) in route.Zip(route.Skip(1)).Where(p => p.First.Y == p.Second.Y && route.Count > 2))
                Assert.DoesNotContain(
                    layout.Boxes,
                    b =>
                        b.Y < left.Y
                        && b.Y + b.Height > left.Y
                        && b.X >= Math.Min(left.X, right.X)
                        && b.X + b.Width <= Math.Max(left.X, right.X)
                );
        }
    }

    [Fact]
    public void What_is_referred_to_stands_on_the_left_unless_arrows_run_in_a_circle()
    {
        var (layout, arrows) = Random(40, 60, 7, acyclic: true);
        Assert.All(arrows, a => Assert.True(layout.Boxes[a.To].X < layout.Boxes[a.From].X));
        DiagramSize[] sizes = [new(100, 50), new(100, 50)];
        var circle = DiagramLayout.Of(sizes, [new(0, 10, 1, 10), new(1, 10, 0, 10)]);
        Assert.NotEqual(circle.Boxes[0].X, circle.Boxes[1].X);
    }

    [Fact]
    public void The_same_diagram_has_the_same_layout() => Assert.Equal(Random(60, 75, 8).Layout.Boxes, Random(60, 75, 8).Layout.Boxes);

    [Fact]
    public void A_page_is_filled_rather_than_a_line()
    {
        // A chain has no choice; sixty tables of one parent have.
        DiagramSize[] sizes = [.. Enumerable.Repeat(new DiagramSize(180, 120), 61)];
        var star = DiagramLayout.Of(sizes, [.. Enumerable.Range(1, 60).Select(i => new DiagramArrow(i, 30, 0, 30))]);
        Assert.InRange(star.Size.Width / star.Size.Height, 0.7, 3);
        var alone = DiagramLayout.Of(sizes, []);
        Assert.InRange(alone.Size.Width / alone.Size.Height, 0.7, 3);
    }

    private static (DiagramLayout Layout, List<DiagramArrow> Arrows) Random(int boxes, int arrows, int seed, bool acyclic = false)
    {
        var random = new Random(seed);
        List<DiagramSize> sizes =
        [
            .. Enumerable.Range(0, boxes).Select(_ => new DiagramSize(90 + random.Next(150), 40 + random.Next(200))),
        ];
        var drawn = new List<DiagramArrow>();
        while (drawn.Count < arrows)
        {
            var (from, to) = (random.Next(boxes), random.Next(boxes));
            if (!acyclic || from > to)
                drawn.Add(new DiagramArrow(from, random.Next(38), to, random.Next(38)));
        }

        return (DiagramLayout.Of(sizes, drawn), drawn);
    }

    private static bool Overlap(DiagramBox one, DiagramBox other) =>
        one.X < other.X + other.Width - 0.001
        && other.X < one.X + one.Width - 0.001
        && one.Y < other.Y + other.Height - 0.001
        && other.Y < one.Y + one.Height - 0.001;
}
