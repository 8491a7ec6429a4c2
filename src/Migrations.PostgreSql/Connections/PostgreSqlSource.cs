using System.Data.Common;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Opens connections to a database with the engine's settings: by a source of its own, or as the application connects, with its passwords
/// that change and its certificates (<see href="https://www.npgsql.org/doc/api/Npgsql.NpgsqlConnection.html"/>, <c>CloneWith</c>).
/// </summary>
internal sealed class PostgreSqlSource
{
    private readonly NpgsqlDataSource? _own;
    private readonly Func<DbConnection>? _application;
    private readonly string _settings;

    /// <summary>A source of the engine's own.</summary>
    public PostgreSqlSource(NpgsqlDataSource own) => (_own, _settings) = (own, own.ConnectionString);

    /// <summary>Connections of an application.</summary>
    /// <param name="application">Makes one.</param>
    /// <param name="settings">The engine's settings.</param>
    public PostgreSqlSource(Func<DbConnection> application, string settings) => (_application, _settings) = (application, settings);

    /// <summary>The settings with which it connects; they hold what is secret.</summary>
    public string Settings => _settings;

    /// <summary>Connects.</summary>
    /// <exception cref="NpgsqlException">Not connected.</exception>
    public async ValueTask<NpgsqlConnection> OpenConnectionAsync(CancellationToken cancellationToken)
    {
        if (_own is not null)
            return await _own.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        var given = (NpgsqlConnection)_application!();
        NpgsqlConnection connection;
        await using (given.ConfigureAwait(false))
            connection = await given.CloneWithAsync(_settings, cancellationToken).ConfigureAwait(false);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
