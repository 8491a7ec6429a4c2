using Migrations.Folders;

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

    public override bool CanWrite => true;

    protected override bool IsFile => true;

    // Names of resources begin with those of their assembly and its folders.
    protected override string NameOf(WrittenTable table, Migration migration)
    {
        var file = Path.GetFileName(migration.Up.File);
        var last = table.Rows.Select(r => r[NameColumn]).OfType<string>().LastOrDefault(MigrationFileName.IsSql) ?? file;
        for (var at = last.IndexOf('.', StringComparison.Ordinal); at >= 0; at = last.IndexOf('.', at + 1))
        {
            var rest = last[(at + 1)..];
            if (MigrationFileName.IsSql(rest) && MigrationFileName.TryParse(rest, rollbackSuffix: true, out _))
                return last[..(at + 1)] + file;
        }

        return file;
    }
}
