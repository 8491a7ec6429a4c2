using System.Security.Cryptography;
using System.Text;

namespace Migrations.PostgreSql;

/// <summary>
/// Loads a dump in the form of a script, all or nothing, with <c>psql</c>, in its restricted mode
/// (<see href="https://www.postgresql.org/docs/current/app-psql.html"/>),
/// which the releases of August 2025 brought: an older one is refused.
/// </summary>
/// <param name="tools">The client programs.</param>
/// <param name="to">The database.</param>
/// <param name="filter">What of it is left out.</param>
internal sealed class ScriptLoader(ClientTools tools, DatabaseTarget to, ScriptFilter filter)
{
    /// <summary>Loads what a program writes, and commits only when that program ended well.</summary>
    public Task LoadAsync(ClientProcess writer, CancellationToken cancellationToken) =>
        LoadAsync(writer.Output, () => writer.WaitAsync(cancellationToken), cancellationToken);

    /// <summary>Loads a script.</summary>
    /// <exception cref="IOException">It cannot be read any further. Nothing of it is left in the database.</exception>
    public Task LoadAsync(Stream script, CancellationToken cancellationToken) =>
        LoadAsync(script, () => Task.CompletedTask, cancellationToken);

    private async Task LoadAsync(Stream script, Func<Task> ended, CancellationToken cancellationToken)
    {
        var psql = ClientProcess.Start(
            tools,
            "psql",
            to,
            ["--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--single-transaction", "--file=-"]
        );
        // An end of its input makes psql commit: where there is more to come that cannot be read, it is killed instead.
        await using var _ = psql.ConfigureAwait(false);
        var chatter = psql.Output.CopyToAsync(Stream.Null, cancellationToken);
        try
        {
            // psql itself refuses its commands from here on, whatever the filter took for data or a literal: nothing in the dump can know
            // the key.
            await psql
                .Input.WriteAsync(
                    Encoding.ASCII.GetBytes($"\\restrict {Convert.ToHexString(RandomNumberGenerator.GetBytes(16))}\n"),
                    cancellationToken
                )
                .ConfigureAwait(false);
            await filter.CopyAsync(script, psql.Input, cancellationToken).ConfigureAwait(false);
            await ended().ConfigureAwait(false); // psql commits at the end of its input.
            psql.Input.Close();
        }
        catch (IOException e) when (ClientProcess.IsOfClosedPipe(e))
        {
            // It has ended; its own words say why.
        }

        await psql.WaitAsync(cancellationToken).ConfigureAwait(false);
        await chatter.ConfigureAwait(false);
    }
}
