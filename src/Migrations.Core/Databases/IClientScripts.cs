namespace Migrations.Databases;

/// <summary>Writes scripts that an engine's own clients run.</summary>
public interface IClientScripts
{
    /// <summary>The clients that it writes for.</summary>
    IReadOnlyList<ScriptClient> Clients { get; }

    /// <summary>Begins a script. Nothing is written yet; what is looked at in the database is only read.</summary>
    Task<IClientScript> OpenScriptAsync(ClientScriptPlace place, TextWriter output, CancellationToken cancellationToken);
}
