using System.Text.RegularExpressions;
using Migrations.Databases;
using Migrations.Foreign;
using Migrations.History;
using Migrations.Running;

namespace Migrations.Exporting;

/// <summary>
/// A migration folder of wrangler's, beside its configuration file. What a script applies to D1, wrangler must know of, or its own next
/// <c>d1 migrations apply</c> applies it again (<see href="https://developers.cloudflare.com/d1/reference/migrations/"/>).
/// </summary>
internal static partial class WranglerFolder
{
    private const string UsualTable = "d1_migrations";

    private static readonly string[] Files = ["wrangler.toml", "wrangler.json", "wrangler.jsonc"];

    /// <summary>Keeps wrangler's table in step; null for a folder that is not wrangler's.</summary>
    public static StepMirror? MirrorOf(string? folder, HistoryView history)
    {
        if (folder is null || Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) is not { } above)
            return null;
        var file = Files.Select(f => Path.Combine(above, f)).FirstOrDefault(File.Exists);
        if (file is null)
            return null;
        var name = TableIn(file);
        var table = new ForeignTable
        {
            Name = name,
            Sql = Quote(name),
            Columns = [],
        };
        return new StepMirror(new D1Tool(), new WrittenTable(table, []), history)
        {
            // As wrangler itself creates it.
            First =
            [
                $"CREATE TABLE IF NOT EXISTS {table.Sql} (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, "
                    + "applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
            ],
        };
    }

    private static string TableIn(string file)
    {
        try
        {
            return TableName().Match(File.ReadAllText(file)) is { Success: true } match ? match.Groups["name"].Value : UsualTable;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return UsualTable;
        }
    }

    private static string Quote(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    [GeneratedRegex(
        """^[^#/\n]*\bmigrations_table"?\s*[=:]\s*["'](?<name>[^"']+)["']""",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex TableName();
}
