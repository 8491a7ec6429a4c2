using System.Text;
using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>The moment as a default, in the forms that mean the same whatever time zone a session has.</summary>
internal static class CurrentMoments
{
    private static readonly Dictionary<string, (MomentForm Form, ColumnKind[] Kinds)> Forms = new(StringComparer.Ordinal)
    {
        ["now"] = (MomentForm.Timestamp, [ColumnKind.TimestampWithZone]),
        ["current_timestamp"] = (MomentForm.Timestamp, [ColumnKind.TimestampWithZone]),
        ["transaction_timestamp"] = (MomentForm.Timestamp, [ColumnKind.TimestampWithZone]),
        ["date_trunc'second',now"] = (MomentForm.Timestamp, [ColumnKind.TimestampWithZone]),
        ["nowattimezone'utc'"] = (MomentForm.Timestamp, [ColumnKind.Timestamp]),
        ["timezone'utc',now"] = (MomentForm.Timestamp, [ColumnKind.Timestamp]),
        ["date_trunc'second',nowattimezone'utc'"] = (MomentForm.Timestamp, [ColumnKind.Timestamp]),
        ["nowattimezone'utc'::date"] = (MomentForm.Date, [ColumnKind.Date]),
        ["to_charnowattimezone'utc','yyyy-mm-ddhh24:mi:ss'"] = (MomentForm.Timestamp, [ColumnKind.Text]),
        ["to_charnowattimezone'utc','yyyy-mm-dd'"] = (MomentForm.Date, [ColumnKind.Text]),
        ["to_charnowattimezone'utc','hh24:mi:ss'"] = (MomentForm.Time, [ColumnKind.Text]),
        ["floorextractepochfromnow::bigint"] = (MomentForm.Seconds, [ColumnKind.Integer]),
    };

    /// <summary>Finds it; null where the text is something else.</summary>
    public static CurrentMoment? Find(string text, ColumnKind kind) =>
        Forms.TryGetValue(Normal(text), out var found) && Array.IndexOf(found.Kinds, kind) >= 0 ? new CurrentMoment(found.Form) : null;

    // How the server sets parentheses and blanks, and casts literals, differs between its versions.
    private static string Normal(string text)
    {
        var normal = new StringBuilder(text.ToLowerInvariant())
            .Replace("pg_catalog.", "")
            .Replace("::text", "")
            .Replace("(", "")
            .Replace(")", "")
            .Replace(" ", "");
        return normal.ToString();
    }
}
