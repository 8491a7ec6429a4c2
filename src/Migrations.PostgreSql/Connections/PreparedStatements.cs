using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Migrations.PostgreSql;

/// <summary>
/// What is said in every step beside its script, prepared on the server once it has been said in full: to read and plan it again takes
/// longer than to do it (<see href="https://www.postgresql.org/docs/current/sql-prepare.html"/>). It is prepared at the end of a step, when
/// nothing of the user's runs any more in its transaction, so that what a later transaction finds prepared is ours if it is older.
/// </summary>
internal sealed class PreparedStatements
{
    // A longer value is worth a parameter; what is read and planned for it is little beside.
    private const int LongestValue = 16 * 1024;

    private readonly string _prefix = $"migrations_{Guid.NewGuid():N}_";
    private readonly Dictionary<string, string> _ready = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _wanted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _sent = new(StringComparer.Ordinal);
    private int _names;

    /// <summary>An expression of a row <c>p</c> of pg_prepared_statement: whether it is one of a script's.</summary>
    public string IsOther => $"NOT pg_catalog.starts_with(p.name, '{_prefix}')";

    /// <summary>Whether they are no longer used: something has changed them.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Whether the server has any of them.</summary>
    public bool IsAny => _ready.Count > 0;

    /// <summary>
    /// A query that fails with a division by zero when a script has taken some away, or put others in their place: those of this
    /// transaction are younger than it.
    /// </summary>
    public string Verification =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT 1 OPERATOR(pg_catalog./) CASE WHEN (SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_statement() p
                WHERE p.prepare_time OPERATOR(pg_catalog.<) pg_catalog.transaction_timestamp()
                    AND pg_catalog.starts_with(p.name, '{_prefix}'))
                OPERATOR(pg_catalog.=) {_ready.Count} THEN 1 ELSE 0 END
            """
        );

    /// <summary>The statement as it is, or by the name under which it is prepared.</summary>
    public NpgsqlBatchCommand Of(NpgsqlBatchCommand command)
    {
        if (command.Parameters.Any(p => p.Value is string { Length: > LongestValue }))
            return command;
        if (_ready.TryGetValue(command.CommandText, out var name))
            return new NpgsqlBatchCommand($"EXECUTE {name}({string.Join(", ", command.Parameters.Select(Literal))})");
        _wanted[command.CommandText] = string.Join(", ", command.Parameters.Select(Type));
        return command;
    }

    /// <summary>What prepares those that were said in full since this was last asked.</summary>
    public IEnumerable<NpgsqlBatchCommand> Prepare()
    {
        foreach (var (text, types) in _wanted)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{_prefix}{++_names}");
            _sent[text] = name;
            yield return new NpgsqlBatchCommand($"PREPARE {name}({types}) AS {text}");
        }

        _wanted.Clear();
    }

    /// <summary>The transaction in which they were prepared has ended well.</summary>
    public void Confirm()
    {
        foreach (var (text, name) in _sent)
            _ready[text] = name;
        _sent.Clear();
    }

    /// <summary>Something has changed them: from here on everything is said in full.</summary>
    public void Stop() => IsStopped = true;

    /// <summary>The server has none of them any more.</summary>
    public void Forget()
    {
        _ready.Clear();
        _wanted.Clear();
        _sent.Clear();
    }

    private static string Type(NpgsqlParameter parameter) =>
        parameter.NpgsqlDbType switch
        {
            NpgsqlDbType.Uuid => "pg_catalog.uuid",
            NpgsqlDbType.Boolean => "pg_catalog.bool",
            NpgsqlDbType.Integer => "pg_catalog.int4",
            NpgsqlDbType.Bigint => "pg_catalog.int8",
            _ => "pg_catalog.text",
        };

    private static string Literal(NpgsqlParameter parameter) =>
        parameter.Value switch
        {
            null or DBNull => "NULL",
            bool value => value ? "true" : "false",
            string value => PostgreSqlText.Literal(value),
            var value => $"'{string.Create(CultureInfo.InvariantCulture, $"{value}")}'",
        };
}
