using System.Collections.Concurrent;
using System.Management.Automation;

namespace Migrations.PowerShell;

/// <summary>What a pipeline wrote about one database, in its order: objects, errors, warnings and verbose messages.</summary>
internal sealed class FleetPage
{
    private readonly ConcurrentQueue<object> _written = new();

    /// <summary>
    /// What was written: a <see cref="PSObject"/>, an <see cref="ErrorRecord"/>, or an <see cref="InformationalRecord"/>.
    /// </summary>
    public IEnumerable<object> Written => _written;

    /// <summary>Whether the work came to its end without an error.</summary>
    public bool IsDone { get; set; }

    /// <summary>The first error that was written; null without one.</summary>
    public Exception? Failure => _written.OfType<ErrorRecord>().FirstOrDefault()?.Exception;

    /// <summary>Takes an error that ended the pipeline.</summary>
    public void Fail(ErrorRecord record) => _written.Enqueue(record);

    /// <summary>Takes all that a pipeline writes from now on.</summary>
    public void Read(PSDataCollection<PSObject> output, PSDataStreams streams)
    {
        Read(output);
        Read(streams.Error);
        Read(streams.Warning);
        Read(streams.Verbose);
    }

    private void Read<T>(PSDataCollection<T> collection)
        where T : class => collection.DataAdded += (_, e) => _written.Enqueue(collection[e.Index]);
}
