namespace Migrations.Databases;

/// <summary>
/// A script that is being written for a client. Run by it, it leaves the database and its history as a run of the tool does, but for the
/// run's id, times, figures, user and host.
/// </summary>
public interface IClientScript
{
    /// <summary>What of a part cannot be written for this client. Every part is looked at before anything is written.</summary>
    IEnumerable<FileProblem> Check(ClientScriptPart part);

    /// <summary>The secret variables that the client must be given, as far as the parts that were looked at need them.</summary>
    IReadOnlyList<string> Secrets { get; }

    /// <summary>Writes what comes first: settings, what must hold where it is run, and the history's table.</summary>
    void WriteHead(ClientScriptHead head);

    /// <summary>Writes a part.</summary>
    void Write(ClientScriptPart part);

    /// <summary>Writes what comes last.</summary>
    void WriteEnd();
}
