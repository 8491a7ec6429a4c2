using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Migrations.PostgreSql;

/// <summary>
/// A plan as text, one line per node as <c>EXPLAIN</c> writes it, and behind it in brackets what SQLite's <c>EXPLAIN QUERY PLAN</c> would
/// say of it: so one expectation, <c>USING INDEX idx_x</c> or <c>SCAN orders</c>, serves both databases.
/// </summary>
internal static class PlanText
{
    private static readonly string[] Conditions =
    [
        "Index Cond",
        "Recheck Cond",
        "Hash Cond",
        "Merge Cond",
        "Join Filter",
        "Filter",
        "Sort Key",
        "Group Key",
    ];

    /// <summary>The text of a plan in JSON.</summary>
    public static string Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        var text = new StringBuilder();
        Append(text, document.RootElement[0].GetProperty("Plan"), depth: 0);
        return text.ToString().TrimEnd('\n');
    }

    private static void Append(StringBuilder text, JsonElement node, int depth)
    {
        var (type, index, table) = (Text(node, "Node Type") ?? "", Text(node, "Index Name"), Text(node, "Relation Name"));
        text.Append(' ', depth * 2).Append(type);
        if (index is not null)
            text.Append(CultureInfo.InvariantCulture, $" {(type.StartsWith("Bitmap", StringComparison.Ordinal) ? "on" : "using")} {index}");
        if (table is not null)
            text.Append(CultureInfo.InvariantCulture, $" on {table}");
        if (Text(node, "Alias") is { } alias && !string.Equals(alias, table, StringComparison.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $" {alias}");
        foreach (var condition in Conditions)
        {
            if (node.TryGetProperty(condition, out var value))
                text.Append(CultureInfo.InvariantCulture, $"; {condition}: {All(value)}");
        }

        if (index is not null)
            text.Append(CultureInfo.InvariantCulture, $" [USING {(type is "Index Only Scan" ? "COVERING " : "")}INDEX {index}]");
        else if (type is "Seq Scan")
            text.Append(CultureInfo.InvariantCulture, $" [SCAN {table}]");
        text.Append('\n');
        if (node.TryGetProperty("Plans", out var plans))
        {
            foreach (var plan in plans.EnumerateArray())
                Append(text, plan, depth + 1);
        }
    }

    private static string All(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? string.Join(", ", value.EnumerateArray().Select(v => v.ToString())) : value.ToString();

    private static string? Text(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? value.ToString() : null;
}
