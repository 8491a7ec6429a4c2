namespace Migrations.Sqlite.Native;

/// <summary>A result code of SQLite that is no success. Stays inside the driver.</summary>
/// <param name="code">The extended result code.</param>
/// <param name="message">SQLite's words.</param>
/// <param name="offset">Where in the text it happened, in bytes; null when SQLite does not say.</param>
internal sealed class SqliteFailure(int code, string message, int? offset = null) : Exception(message)
{
    /// <summary>The extended result code.</summary>
    public int Code { get; } = code;

    /// <summary>The primary result code.</summary>
    public int PrimaryCode => Code & 0xff;

    /// <summary>Where in the text it happened, in bytes.</summary>
    public int? Offset { get; } = offset;

    /// <summary>
    /// What the statement would have reached beyond the database that its connection is confined to; null when it was refused for something
    /// else.
    /// </summary>
    public SqliteReach? Reach { get; init; }

    /// <summary>Whether another connection stands in the way.</summary>
    public bool IsBusy => PrimaryCode == SqliteCodes.Busy;

    /// <summary>Whether it means damage, and not a full disk or a cancelled call.</summary>
    public bool IsDamage => PrimaryCode is not (SqliteCodes.Interrupt or SqliteCodes.Full or SqliteCodes.Busy);

    /// <summary>Name and number, for example <c>SQLITE_CONSTRAINT_FOREIGNKEY (787)</c>.</summary>
    public string CodeText => SqliteCodes.NameOf(Code) + " (" + Code.ToString(System.Globalization.CultureInfo.InvariantCulture) + ")";
}
