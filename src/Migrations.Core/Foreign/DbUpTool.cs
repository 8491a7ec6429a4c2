namespace Migrations.Foreign;

/// <summary>DbUp (<see href="https://dbup.readthedocs.io/"/>): names of files, or of resources in an assembly.</summary>
internal sealed class DbUpTool : NamedRowsTool
{
    public override string Name => "dbup";

    public override string Title => "DbUp";

    public override IReadOnlyList<ForeignShape> Shapes { get; } =
    [new("schemaversions", "schemaversionid scriptname applied"), new("schemaversions", "schemaversionsid scriptname applied")];

    protected override string NameColumn => "scriptname";

    // The number's column has another name on each engine; what ran later has the later moment.
    protected override string OrderColumn => "schemaversionsid";

    protected override string TimeColumn => "applied";

    protected override bool IsFile => true;
}
