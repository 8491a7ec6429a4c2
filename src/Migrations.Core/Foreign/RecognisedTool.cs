using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>
/// A tool whose history is recognised and named: a baseline takes its place, or its names are taken over with the SQL that its migrations
/// make.
/// </summary>
/// <param name="title">The tool's name, as it is shown to people.</param>
/// <param name="read">What its rows say.</param>
/// <param name="shapes">How its table looks.</param>
internal sealed class RecognisedTool(string title, Func<IReadOnlyList<ForeignRow>, ForeignReading> read, params ForeignShape[] shapes)
    : ForeignTool
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<RecognisedTool> All { get; } =
    [
        new(
            "Rails",
            Versions("version"),
            new ForeignShape("schema_migrations", "version") { IsWhole = true, Beside = "ar_internal_metadata" }
        ),
        new("tern", Head("version"), new ForeignShape("schema_version", "version") { IsWhole = true }),
        new("diesel", Versions("version"), new ForeignShape("__diesel_schema_migrations", "version run_on")),
        new("refinery", Versions("version"), new ForeignShape("refinery_schema_history", "version name applied_on checksum")),
        new("sql-migrate", Names("id"), new ForeignShape("gorp_migrations", "id applied_at")),
        new("yoyo", Names("migration_id"), new ForeignShape("_yoyo_migration", "migration_hash migration_id")),
        new("FluentMigrator", Versions("version"), new ForeignShape("versioninfo", "version appliedon description") { IsWhole = true }),
        new(
            "grate",
            Names("script_name", "text_hash"),
            new ForeignShape("scriptsrun", "script_name text_hash one_time_script"),
            new ForeignShape("grate_scriptsrun", "script_name text_hash one_time_script")
        )
        {
            Checksum = RecognisedChecksums.Grate,
        },
        new("Kysely", Names("name"), new ForeignShape("kysely_migration", "name timestamp")),
        new("TypeORM", Names("name"), new ForeignShape("migrations", "id timestamp name") { IsWhole = true }),
        new("db-migrate", Names("name"), new ForeignShape("migrations", "id name run_on") { IsWhole = true }),
        new("ley", Names("name"), new ForeignShape("migrations", "id name created_at") { IsWhole = true }),
        new("postgres-migrations", Versions("id"), new ForeignShape("migrations", "id name hash executed_at") { IsWhole = true }),
        new("Laravel", Names("migration"), new ForeignShape("migrations", "id migration batch") { IsWhole = true }),
        new("Sequelize", Names("name"), new ForeignShape("sequelizemeta", "name") { IsWhole = true }),
        new("postgrator", Versions("version", "md5"), new ForeignShape("schemaversion", "version name md5 run_at"))
        {
            Checksum = (text, _) => TextHash.Md5(text),
        },
        new(
            "graphile-migrate",
            Versions("filename"),
            new ForeignShape("migrations", "hash previous_hash filename") { Schema = "graphile_migrate" }
        ),
        new("Sqitch", Names("change"), new ForeignShape("changes", "change_id script_hash change project") { Schema = "sqitch" }),
        new("Atlas", Versions("version", "hash"), new ForeignShape("atlas_schema_revisions", "version hash partial_hashes"))
        {
            Checksum = RecognisedChecksums.Atlas,
        },
        new("Django", Names("name"), new ForeignShape("django_migrations", "id app name applied")),
        new("Phinx", Versions("version"), new ForeignShape("phinxlog", "version migration_name")),
        new("Doctrine", Versions("version"), new ForeignShape("doctrine_migration_versions", "version executed_at")),
    ];

    public override string Name { get; } = title.ToLowerInvariant();

    public override string Title => title;

    public override IReadOnlyList<ForeignShape> Shapes => shapes;

    public override bool IsAdoptable => false;

    public override bool IsCode => true;

    /// <summary>The checksum of a file's text, by the tool's own rule; null when it has none that is known.</summary>
    private Func<string, string, string>? Checksum { get; init; }

    public override ForeignReading Read(IReadOnlyList<ForeignRow> rows) => read(rows);

    public override string? ChecksumOf(string text, string file) => Checksum?.Invoke(text, file);

    // A script that may run again has a row for each time.
    private static Func<IReadOnlyList<ForeignRow>, ForeignReading> Names(string column, string? checksum = null) =>
        rows =>
            new([
                .. Ordered(rows, column)
                    .GroupBy(r => r[column]!, StringComparer.Ordinal)
                    .OrderBy(g => g.Key, StringComparer.Ordinal)
                    .Select(g => new ForeignEntry
                    {
                        Text = g.Key,
                        File = g.Key,
                        Checksum = Of(g.MaxBy(r => ForeignValue.Number(r["id"]) ?? 0)!, checksum),
                    }),
            ]);

    private static Func<IReadOnlyList<ForeignRow>, ForeignReading> Versions(string column, string? checksum = null) =>
        rows =>
            new([
                .. Ordered(rows, column)
                    .Select(r => new ForeignEntry
                    {
                        Text = r[column]!,
                        Version = Digits(r[column]!),
                        Checksum = Of(r, checksum),
                    })
                    // Row 0 is a tool's own.
                    .Where(e => e.Version is not ("" or "0")),
            ]);

    private static Func<IReadOnlyList<ForeignRow>, ForeignReading> Head(string column) =>
        rows => new([]) { Head = Ordered(rows, column).FirstOrDefault()?[column] };

    private static IEnumerable<ForeignRow> Ordered(IReadOnlyList<ForeignRow> rows, string column) =>
        rows.Where(r => r[column] is { Length: > 0 }).OrderBy(r => ForeignValue.Number(r[column]) ?? 0);

    private static string? Of(ForeignRow row, string? column) => column is null ? null : row[column];

    private static string Digits(string text) => new([.. text.SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(char.IsAsciiDigit)]);
}
