using System.Globalization;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Several hosts, and which of them is wanted, as libpq has them
/// (<see href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS"/>). A migration runs on one server, so that
/// several hosts are taken only with <c>target_session_attrs</c>, which says which one it is.
/// </summary>
internal static class HostChoice
{
    private static readonly (string Word, TargetSessionAttributes Value)[] Words =
    [
        ("any", TargetSessionAttributes.Any),
        ("primary", TargetSessionAttributes.Primary),
        ("read-write", TargetSessionAttributes.ReadWrite),
        ("standby", TargetSessionAttributes.Standby),
        ("read-only", TargetSessionAttributes.ReadOnly),
        ("prefer-standby", TargetSessionAttributes.PreferStandby),
        ("prefer-primary", TargetSessionAttributes.PreferPrimary),
    ];

    /// <summary>Sees that what was given is one server, or says which of several.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/></exception>
    public static void Check(NpgsqlConnectionStringBuilder builder)
    {
        if (builder.Host!.Contains(',', StringComparison.Ordinal) && Wanted(builder) is null)
        {
            throw ConnectionRefusal.Invalid(
                "it names several hosts (PGHOST counts too); a migration runs on one, and only target_session_attrs=primary "
                    + "(Target Session "
                    + "Attributes=primary, PGTARGETSESSIONATTRS), or standby, says which."
            );
        }
    }

    /// <summary>A value of <c>target_session_attrs</c>, which Npgsql knows too.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/></exception>
    public static string Known(string value) =>
        Array.Exists(Words, w => string.Equals(w.Word, value, StringComparison.OrdinalIgnoreCase))
            ? value
            : throw ConnectionRefusal.Invalid(
                $"Invalid 'target_session_attrs'. Expected one of: {string.Join(", ", Words.Select(w => w.Word))}."
            );

    /// <summary>Which server is wanted; null for whichever it is.</summary>
    public static TargetSessionAttributes? Wanted(NpgsqlConnectionStringBuilder builder)
    {
        var found = Array.FindIndex(Words, w => string.Equals(w.Word, builder.TargetSessionAttributes, StringComparison.OrdinalIgnoreCase));
        return found < 0 || Words[found].Value == TargetSessionAttributes.Any ? null : Words[found].Value;
    }

    /// <summary>The word by which libpq's programs know it: they have no <c>prefer-primary</c>.</summary>
    public static string? Word(NpgsqlConnectionStringBuilder builder) =>
        Wanted(builder) switch
        {
            null => null,
            TargetSessionAttributes.PreferPrimary => "any",
            var wanted => Words[Array.FindIndex(Words, w => w.Value == wanted)].Word,
        };

    /// <summary>The hosts, each with its port.</summary>
    public static IReadOnlyList<(string Host, int Port)> Of(NpgsqlConnectionStringBuilder builder) =>
        builder.Host!.Contains(',', StringComparison.Ordinal)
            ? [.. builder.Host.Split(',').Select(h => Split(h, builder.Port))]
            : [(builder.Host, builder.Port)];

    /// <summary>Writes hosts and ports as Npgsql reads them.</summary>
    public static string Join(IReadOnlyList<string> hosts, IReadOnlyList<int> ports) =>
        string.Join(
            ',',
            hosts.Select(
                (host, i) =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{ports[ports.Count == 1 ? 0 : i]}"
                    )
            )
        );

    private static (string Host, int Port) Split(string text, int usual)
    {
        text = text.Trim();
        var colon = text.LastIndexOf(':');
        return
            colon > text.LastIndexOf(']')
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? (text[..colon].Trim('[', ']'), port)
            : (text.Trim('[', ']'), usual);
    }
}
