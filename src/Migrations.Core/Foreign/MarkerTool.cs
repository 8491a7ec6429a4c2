using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>
/// No tool at all: an init script that runs where a table is absent, so that the table shows that it ran. The table is the application's.
/// </summary>
internal sealed class MarkerTool : ForeignTool
{
    /// <summary>How a history calls it.</summary>
    public const string Word = "marker";

    public override string Name => Word;

    public override string Title => "an init script";

    public override IReadOnlyList<ForeignShape> Shapes => [];

    public override ForeignReading Read(IReadOnlyList<ForeignRow> rows) => new([]);
}
