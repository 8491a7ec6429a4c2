using System.Globalization;
using Migrations.Databases;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// The settings under which queries of our own run, until the transaction ends or what was in force is restored.
/// </summary>
internal sealed class OwnSettings
{
    /// <summary>The <c>search_path</c> of our own queries.</summary>
    public const string SearchPath = "pg_catalog, pg_temp";

    private static readonly (string Name, string Value) Path = ("search_path", SearchPath);
    private static readonly (string Name, string Value) EveryRow = ("row_security", "off");

    private readonly (string Name, string Value)[] _settings;

    private OwnSettings(params (string Name, string Value)[] settings)
    {
        _settings = settings;
        Enter = "SELECT " + string.Join(", ", [.. settings.Select(Save), .. settings.Select(Set)]);
        Leave =
            "SELECT "
            + string.Join(
                ", ",
                settings.Select(s => $"pg_catalog.set_config('{s.Name}', pg_catalog.current_setting('migrations.{s.Name}'), true)")
            );
    }

    /// <summary>
    /// Names and operators mean what the server's own catalogue says, whatever others have put into the schemas of the
    /// <see href="https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATTERNS">search_path</see>; temporary objects,
    /// which would come first unless they are named, come last. And a table of which a policy hides rows is an error, not a shorter table
    /// (<see href="https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-ROW-SECURITY">row_security</see>).
    /// </summary>
    public static OwnSettings Catalogue { get; } = new(Path, EveryRow);

    /// <summary>
    /// The same for a query of the user's tables: the expressions in their definitions may need the <c>search_path</c> in force, so that
    /// stays, and what is our own in the query is qualified, operators too.
    /// </summary>
    public static OwnSettings Tables { get; } = new(EveryRow);

    /// <summary>
    /// As a script finds it, but for how values become texts: so that a literal that one session writes means the same in another
    /// (<see href="https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-DATETIME-OUTPUT"/>).
    /// </summary>
    public static OwnSettings Literals { get; } = new(("datestyle", "ISO"), ("extra_float_digits", "3"));

    /// <summary>A query that puts them in force, and remembers what was.</summary>
    public string Enter { get; private init; }

    /// <summary>A query that puts them in force until the transaction ends.</summary>
    public string EnterLast => "SELECT " + string.Join(", ", _settings.Select(Set));

    /// <summary>A query that restores what was in force; null when the transaction ends with the query anyway.</summary>
    public string? Leave { get; private init; }

    /// <summary>Takes what <see cref="Enter"/> has looked at; null when it looks at nothing.</summary>
    public Action<NpgsqlDataReader>? Take { get; private init; }

    /// <summary>
    /// The same, whose <see cref="Enter"/> besides looks at something under the user's own settings, before those of our own are in force:
    /// that saves the round trip of another query. What the look itself sets is over with it.
    /// </summary>
    /// <param name="columns">What is looked at, computed from left to right.</param>
    /// <param name="take">Takes the row.</param>
    public OwnSettings Looking(string columns, Action<NpgsqlDataReader> take) =>
        new(_settings)
        {
            Enter = "SELECT " + string.Join(", ", [.. _settings.Select(Save), columns, .. _settings.Select(Set)]),
            Take = take,
        };

    /// <summary>As <see cref="Looking"/>, for the first query of a connection: there is nothing that would have to be restored, and the
    /// server is spared two thirds of the work.</summary>
    public OwnSettings LookingFirst(string columns, Action<NpgsqlDataReader> take) =>
        new(_settings)
        {
            Enter = $"SELECT {columns}, {string.Join(", ", _settings.Select(Set))}",
            Leave = null,
            Take = take,
        };

    /// <summary>As <see cref="Catalogue"/>, for what may have to wait for others: no longer than a session is to.</summary>
    public static OwnSettings Within(SessionOptions options) =>
        options.StatementTimeout is { } limit
            ? new(Path, EveryRow, ("lock_timeout", Milliseconds(options.TableLockTimeout)), ("statement_timeout", Milliseconds(limit)))
            : new(Path, EveryRow, ("lock_timeout", Milliseconds(options.TableLockTimeout)));

    private static string Save((string Name, string Value) setting) =>
        $"pg_catalog.set_config('migrations.{setting.Name}', pg_catalog.current_setting('{setting.Name}'), true)";

    private static string Set((string Name, string Value) setting) => $"pg_catalog.set_config('{setting.Name}', '{setting.Value}', true)";

    private static string Milliseconds(TimeSpan time) => Math.Max(1, (long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
