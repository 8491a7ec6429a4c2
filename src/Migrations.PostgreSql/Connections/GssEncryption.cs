using System.Globalization;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Whether Kerberos encrypts a connection (<see href="https://www.postgresql.org/docs/current/gssapi-enc.html"/>). It is set by its key,
/// because only Npgsql 10 and later have it as a property: an older one never encrypts that way.
/// </summary>
internal static class GssEncryption
{
    private const string Key = "GSS Encryption Mode";

    /// <summary>Sets it as libpq's <c>gssencmode</c> says.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/></exception>
    public static void Set(NpgsqlConnectionStringBuilder builder, string mode)
    {
        if (mode is not ("disable" or "prefer" or "require"))
            throw ConnectionRefusal.Invalid("Invalid 'gssencmode'. Expected disable, prefer or require.");
        if (IsKnown(builder))
            builder[Key] = CultureInfo.InvariantCulture.TextInfo.ToTitleCase(mode);
        else if (mode is "require")
            throw ConnectionRefusal.Invalid("'gssencmode=require' needs Npgsql 10 or later.");
    }

    /// <summary>Turns it off where nothing asks for it and there can be no tickets.</summary>
    public static void ForgoWithoutTickets(NpgsqlConnectionStringBuilder builder)
    {
        if (IsKnown(builder) && !IsChosen(builder) && !Kerberos.MayHaveTickets)
            builder[Key] = "Disable";
    }

    /// <summary>What a connection string says, as libpq writes it; null when it says nothing.</summary>
    public static string? ModeOf(NpgsqlConnectionStringBuilder builder) =>
        builder.ShouldSerialize(Key) ? builder[Key].ToString()!.ToLowerInvariant() : null;

    private static bool IsKnown(NpgsqlConnectionStringBuilder builder) => builder.ContainsKey(Key);

    // In the text, or by libpq's variable, which Npgsql reads too.
    private static bool IsChosen(NpgsqlConnectionStringBuilder builder) =>
        builder.ShouldSerialize(Key) || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("PGGSSENCMODE"));
}
