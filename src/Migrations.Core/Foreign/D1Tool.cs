namespace Migrations.Foreign;

/// <summary>Cloudflare D1, by wrangler (<see href="https://developers.cloudflare.com/d1/reference/migrations/"/>).</summary>
internal sealed class D1Tool : NamedRowsTool
{
    public override string Name => "d1";

    public override string Title => "Cloudflare D1 (wrangler)";

    public override IReadOnlyList<ForeignShape> Shapes { get; } = [new("d1_migrations", "id name applied_at")];

    public override bool CanWrite => true;

    protected override bool IsFile => true;
}
